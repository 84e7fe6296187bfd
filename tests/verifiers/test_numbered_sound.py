from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.recording import AudioRecording
from harness.signals.numbered import numbered
from harness.verifiers.numbered_sound import (
    Gauge,
    _in_order,
    gauge_error,
    last_sample_after,
    samples_lost,
    samples_too_many,
    silence_ratio,
)

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio

Clock = Callable[[float], int]
RATE = 48_000
CAPTURED = (0, 9600)
SILENCE = np.zeros(4800, np.int16)


@pytest.fixture
def out(studio: Studio) -> Callable[..., AudioRecording]:
    """Makes a recording of what came out, silence before and after it."""

    def make(*parts: NDArray[np.int16], before: float = 0.1) -> AudioRecording:
        lead = np.zeros(int(before * RATE), np.int16)
        samples = np.concatenate([lead, *parts, SILENCE])
        return studio.write_sound(samples[: len(samples) // 480 * 480, None], RATE)

    return make


Out = Callable[..., AudioRecording]


def test_what_comes_out_as_it_went_in_loses_nothing_and_has_nothing_more(out: Out) -> None:
    recording = out(numbered(*CAPTURED))

    lost = samples_lost(recording, CAPTURED)
    assert (lost.value, lost.unit, lost.rests_on) == (0, "samples", 9600)
    assert lost.notes == ("9600 samples came out, numbers 0 to 9599",)
    assert lost.evidence == ("bob/tone.wav",)
    assert samples_too_many(recording, CAPTURED).value == 0


def test_silence_in_between_is_neither_lost_nor_too_many(out: Out) -> None:
    recording = out(numbered(0, 4800), SILENCE, numbered(4800, 9600))

    assert samples_lost(recording, CAPTURED).value == 0
    assert samples_too_many(recording, CAPTURED).value == 0


def test_a_tail_that_stays_away_is_lost(out: Out) -> None:
    assert samples_lost(out(numbered(0, 9360)), CAPTURED).value == 240
    nothing = samples_lost(out(), CAPTURED)
    assert (nothing.value, nothing.notes) == (9600, ("nothing came out",))


def test_a_part_in_the_wrong_place_is_lost_and_too_many(out: Out) -> None:
    recording = out(numbered(4800, 9600), numbered(0, 4800))

    assert samples_lost(recording, CAPTURED).value == 4800
    assert samples_too_many(recording, CAPTURED).value == 4800


def test_what_is_repeated_or_was_never_captured_is_too_many(out: Out) -> None:
    recording = out(numbered(0, 9600), numbered(9000, 9600), numbered(20_000, 20_100))

    assert samples_lost(recording, CAPTURED).value == 0
    assert samples_too_many(recording, CAPTURED).value == 700
    assert samples_too_many(out(numbered(20_000, 20_100)), CAPTURED).value is None


def test_only_the_time_asked_for_counts(out: Out, clock: Clock) -> None:
    # 100 ms of silence, 300 ms of which 200 are sound, then what was left before the next sound
    recording = out(numbered(0, 9360), SILENCE, numbered(9360, 9600), numbered(20_000, 20_480))
    tail = clock(0.35)

    assert samples_lost(recording, CAPTURED, until_ns=tail).value == 240
    assert samples_too_many(recording, (20_000, 20_480), since_ns=tail).value == 240
    assert samples_lost(recording, (20_000, 20_480), since_ns=tail).value == 0


@pytest.mark.parametrize("seconds", [0.0, 0.04])
def test_a_recording_that_ends_with_the_sound_proves_nothing(
    studio: Studio, seconds: float
) -> None:
    rest = np.zeros(int(seconds * RATE), np.int16)
    ended = studio.write_sound(np.concatenate([numbered(0, 9360), rest])[:9600, None], RATE)

    for measured in (samples_lost(ended, CAPTURED), last_sample_after(ended, since_ns=0)):
        assert measured.value is None
        assert "nobody listened any longer" in str(measured.missing)


def test_the_end_of_the_last_sample_is_known_to_the_millisecond(out: Out, clock: Clock) -> None:
    recording = out(numbered(*CAPTURED))  # from 100 to 300 ms

    assert last_sample_after(recording, since_ns=clock(0.25)).value == pytest.approx(50, abs=1)
    assert last_sample_after(recording, since_ns=clock(0.35)).value == pytest.approx(-50, abs=1)
    assert last_sample_after(out(), since_ns=clock(0.25)).value is None


def test_a_gauge_is_compared_with_what_has_not_come_out(out: Out, clock: Clock) -> None:
    recording = out(numbered(*CAPTURED))

    def reading(seconds: float, queued_ms: float) -> Gauge:
        return Gauge(at_ns=clock(seconds), queued_ms=queued_ms, captured=9600)

    right = [reading(0.15, 150), reading(0.25, 50), reading(0.35, 0)]
    assert gauge_error(recording, right).value == pytest.approx(0, abs=1)
    wrong = gauge_error(recording, [*right, reading(0.2, 170), reading(0.2, 80)])
    assert wrong.value == pytest.approx(70, abs=1)
    assert wrong.notes == ("worst: it said 170 ms where 100 ms waited",)


def test_before_the_first_frame_everything_waits(out: Out, clock: Clock) -> None:
    before = Gauge(at_ns=clock(-1), queued_ms=200, captured=9600)

    assert gauge_error(out(numbered(*CAPTURED)), [before]).value == 0


def test_the_share_of_the_time_for_which_silence_was_given(out: Out, clock: Clock) -> None:
    silent = silence_ratio(out(before=1), since_ns=clock(0.2), until_ns=clock(0.8))
    assert silent.value == pytest.approx(1, abs=0.01)
    half = silence_ratio(out(numbered(*CAPTURED)), since_ns=clock(0), until_ns=clock(0.4))
    assert half.value == pytest.approx(0.5, abs=0.01)
    stopped = silence_ratio(out(), since_ns=clock(0), until_ns=clock(2))
    assert stopped.value == pytest.approx(0.1, abs=0.01)
    assert stopped.notes == ("9600 samples were given, 9600 of them silent",)


def test_without_evidence_there_is_no_value(studio: Studio, out: Out) -> None:
    absent = studio.absent_sound()

    assert samples_lost(absent, CAPTURED).value is None
    assert samples_too_many(absent, CAPTURED).value is None
    assert last_sample_after(absent, since_ns=0).value is None
    assert silence_ratio(absent, since_ns=0, until_ns=1).value is None
    assert gauge_error(absent, [Gauge(at_ns=0, queued_ms=0, captured=0)]).value is None
    assert gauge_error(out(), []).missing == "nobody read how much waits"


def test_what_does_not_belong_hides_nothing_that_does() -> None:
    assert _in_order(np.array([500, 0, 1, 1, 2, 0]), (0, 3)).tolist() == [
        False, True, True, False, True, False,
    ]  # fmt: skip
