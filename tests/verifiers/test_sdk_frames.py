from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.evidence.measurement import Measurement
from harness.evidence.recording import VideoRecording
from harness.evidence.statistics_sample import StatisticsSample
from harness.signals.picture import ColourCode
from harness.verifiers.sdk_frames import (
    decoded_against_seen,
    freezes_against_seen,
    frozen_time_against_seen,
    rate_against_seen,
    received_against_decoded,
)
from tests.verifiers.conftest import Window, at

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio

CODE = ColourCode(track_code=3, fps=20)
WINDOW = Window(since_ns=at(1.4), until_ns=at(6))
Verifier = Callable[..., Measurement]
COUNTERS = (decoded_against_seen, received_against_decoded, rate_against_seen)
FREEZES = (freezes_against_seen, frozen_time_against_seen)


def told(recording: VideoRecording, **wrong: float) -> list[StatisticsSample]:
    """What an SDK tells each half second that counts truly, and what it says wrong instead."""
    arrivals = recording.frames["arrival_ns"]
    samples = []
    for s in np.arange(0.5, 6, 0.5).tolist():
        now = int(np.searchsorted(arrivals, at(s)))
        entry = {
            "type": "inbound_rtp", "kind": "video", "ssrc": 5, "at_ns": at(s),
            "frames_decoded": now + 7, "frames_received": now + 8,
            "frames_per_second": now - int(np.searchsorted(arrivals, at(s - 1))),
            "freeze_count": 1, "total_freeze_duration": 1.0, **wrong,
        }  # fmt: skip
        samples.append(StatisticsSample(at_ns=at(s), participant="bob", entries=[entry]))
    return samples


def ask(verifier: Verifier, studio: Studio, *, frozen: bool = False, **wrong: float) -> Measurement:
    recording = studio.pictures(CODE, gaps=((2.5, 3.45),) if frozen else ())
    return verifier(told(recording, **wrong), recording, CODE.track_code, **WINDOW)


@pytest.mark.parametrize("verifier", COUNTERS)
@pytest.mark.parametrize("frozen", [False, True])
def test_what_is_counted_truly_is_no_difference(
    studio: Studio, verifier: Verifier, frozen: bool
) -> None:
    measured = ask(verifier, studio, frozen=frozen)
    assert measured.value == 0
    assert measured.evidence == ("bob/face.frames",)


@pytest.mark.parametrize(
    ("verifier", "wrong", "apart"),
    [
        (decoded_against_seen, {"frames_decoded": 90.0}, 77),
        (received_against_decoded, {"frames_received": 50.0}, 67),
        (rate_against_seen, {"frames_per_second": 25.0}, 4),
    ],
)
def test_a_miscount_is_seen(
    studio: Studio, verifier: Verifier, wrong: dict[str, float], apart: float
) -> None:
    assert ask(verifier, studio, frozen=False, **wrong).value == pytest.approx(apart, abs=2)


@pytest.mark.parametrize("gap", [(2.1, 4.2), (2.5, 3.95), (2.95, 3.95)])
def test_a_rate_that_began_anew_is_left_out(studio: Studio, gap: tuple[float, float]) -> None:
    recording = studio.pictures(CODE, gaps=(gap,))
    samples = told(recording)
    anew = [sample for sample in samples if sample.at_ns == at(4.5)]
    anew[0].entries[0]["frames_per_second"] = 31.0
    assert rate_against_seen(samples, recording, CODE.track_code, **WINDOW).value == 0


def test_a_rate_goes_on_over_a_shorter_gap(studio: Studio) -> None:
    recording = studio.pictures(CODE, gaps=((3.2, 4.0),))
    samples = told(recording)
    wrong = [sample for sample in samples if sample.at_ns == at(4.5)]
    wrong[0].entries[0]["frames_per_second"] = 31.0
    measured = rate_against_seen(samples, recording, CODE.track_code, **WINDOW)
    assert measured.value == pytest.approx(17, abs=3)


def test_freezes_are_compared_once_they_are_over(studio: Studio) -> None:
    assert ask(freezes_against_seen, studio, frozen=True).value == 0
    assert ask(frozen_time_against_seen, studio, frozen=True).value == pytest.approx(0, abs=60)
    missed = ask(freezes_against_seen, studio, frozen=True, freeze_count=0)
    assert missed.value == 1
    unset = ask(frozen_time_against_seen, studio, frozen=True, total_freeze_duration=0.0)
    assert unset.value == pytest.approx(1000, abs=60)
    assert unset.unit == "ms"


@pytest.mark.parametrize("verifier", FREEZES)
def test_without_a_freeze_there_is_nothing_to_compare(studio: Studio, verifier: Verifier) -> None:
    assert "no freeze was found" in str(ask(verifier, studio).missing)


@pytest.mark.parametrize("verifier", [*COUNTERS, *FREEZES])
def test_numbers_need_statistics_and_pictures_of_the_track(
    studio: Studio, verifier: Verifier
) -> None:
    recording = studio.pictures(CODE)
    other = studio.pictures(ColourCode(track_code=4), name="other")
    cases: tuple[tuple[Any, VideoRecording], ...] = (
        ([], recording),
        (told(recording, frames_decoded=0), recording),
        (told(recording), other),
        (told(recording), studio.absent_pictures()),
    )
    for samples, pictures in cases:
        measured = verifier(samples, pictures, CODE.track_code, **WINDOW)
        assert measured.value is None
        assert measured.missing
