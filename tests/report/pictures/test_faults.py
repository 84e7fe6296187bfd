from __future__ import annotations

from pathlib import Path

from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.faults import LONGEST, MOST_BANDS, fault_bands, impairment_words
from tests.evidence.ledger_recorder import Recorder
from tests.report.pictures.evidence import LASTED_S, fault, opened


def test_what_comes_and_goes_is_a_band_and_what_stays_is_none(folder: AttemptFolder) -> None:
    [first, band] = fault_bands(folder)
    assert (band.low, band.high, band.tone) == (1.0, 2.0, "fault")
    assert band.label == "bob: loss down ratio 0.05"
    assert first.label.startswith("bob: loss ratio 0.1")


def test_neighbours_that_do_the_same_are_one_band(tmp_path: Path) -> None:
    Recorder(tmp_path).bind(
        fault(0.0, "bob"),
        fault(1.0, "bob", impairment="loss"),
        fault(2.0, "bob", impairment="loss"),
        fault(3.0, "bob", impairment="jitter"),
    )
    bands = fault_bands(opened(tmp_path))
    assert [(band.low, band.high, band.label) for band in bands] == [
        (1.0, 3.0, "bob: loss"),
        (3.0, float(LASTED_S), "bob: jitter"),
    ]


def test_there_are_not_too_many(tmp_path: Path) -> None:
    rows = [fault(n / 50, "bob", **({"impairment": "loss"} if n % 2 else {})) for n in range(99)]
    Recorder(tmp_path).bind(*rows)
    assert len(fault_bands(opened(tmp_path))) == MOST_BANDS


def test_a_folder_without_a_ledger_has_no_bands(tmp_path: Path) -> None:
    assert fault_bands(opened(tmp_path)) == ()


def test_words_are_short_and_tell_figures() -> None:
    assert impairment_words(fault(0.0, "bob")) == ""
    assert impairment_words(fault(0.0, "bob", delay_ms=3.0)) == "impairment delay_ms 3"
    long = {f"x{n}": n for n in range(99)}
    assert len(impairment_words(fault(0.0, "bob", impairment="loss", on=True, **long))) <= LONGEST
