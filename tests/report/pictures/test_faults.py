from __future__ import annotations

from pathlib import Path

import msgspec

from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.faults import LONGEST, MOST_BANDS, fault_bands, fault_words
from tests.evidence.ledger_recorder import Recorder
from tests.report.pictures.evidence import LASTED_S, fault, opened

LOSS = {"impairment": "loss", "ratio": 0.1}


def test_what_comes_and_goes_is_a_band_and_what_stays_is_none(folder: AttemptFolder) -> None:
    [first, band] = fault_bands(folder)
    assert (band.low, band.high, band.tone) == (1.0, 2.0, "fault")
    assert band.label == "bob: loss 5 % down"
    assert first.label.startswith("bob: loss 10 %, ")


def test_neighbours_that_do_the_same_are_one_band(tmp_path: Path) -> None:
    Recorder(tmp_path).bind(
        fault(0.0, "bob"),
        fault(1.0, "bob", impairment="loss", ratio=0.1),
        fault(2.0, "bob", impairment="loss", ratio=0.1),
        fault(3.0, "bob", impairment="delay", delay_ms=20.0),
    )
    bands = fault_bands(opened(tmp_path))
    assert [(band.low, band.high, band.label) for band in bands] == [
        (1.0, 3.0, "bob: loss 10 %"),
        (3.0, float(LASTED_S), "bob: delay 20 ms"),
    ]


def test_the_network_of_the_whole_attempt_is_not_named_beside_what_comes_and_goes(
    tmp_path: Path,
) -> None:
    always, later = fault(0.0, "bob", impairment="delay", delay_ms=50.0), fault(1.0, "bob", **LOSS)
    both = msgspec.structs.replace(later, impairments=always.impairments + later.impairments)
    Recorder(tmp_path).bind(always, both)

    assert [band.label for band in fault_bands(opened(tmp_path))] == ["bob: loss 10 %"]


def test_there_are_not_too_many(tmp_path: Path) -> None:
    rows = [fault(n / 50, "bob", **(LOSS if n % 2 else {})) for n in range(99)]
    Recorder(tmp_path).bind(*rows)
    assert len(fault_bands(opened(tmp_path))) == MOST_BANDS


def test_a_folder_without_a_ledger_has_no_bands(tmp_path: Path) -> None:
    assert fault_bands(opened(tmp_path)) == ()


def test_words_are_those_of_profiles_with_their_target() -> None:
    assert fault_words([]) == ""
    delay = {"impairment": "delay", "delay_ms": 800.0}
    aimed = {**delay, "target": {"direction": "down", "medium": "video"}}
    assert fault_words([delay, aimed]) == "delay 800 ms, delay 800 ms down video"
    assert len(fault_words([delay] * 9)) <= LONGEST


def test_what_a_newer_version_did_has_its_name_alone() -> None:
    assert fault_words([{"impairment": "sunspots", "count": 3}, {}]) == "sunspots, impairment"
