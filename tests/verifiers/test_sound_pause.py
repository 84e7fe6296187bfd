from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from harness.evidence.measurement import Measurement
from harness.evidence.recording import AudioRecording
from harness.signals.sound import Tone
from harness.verifiers.sound_pause import beginning_cut, loudest_in_pauses

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio

Clock = Callable[[float], int]
PAUSING = Tone(sound_ms=1000, pause_ms=1000)
"""The recordings begin 2.5 s after it did: it sounds from −0.5, 1.5, 3.5 s on."""
LATE = 0.06


def paused(recording: AudioRecording, clock: Clock, *, until: float = 6.0) -> Measurement:
    return loudest_in_pauses(
        recording, PAUSING, start_ns=clock(-2.5), since_ns=clock(0), until_ns=clock(until)
    )


def cut(recording: AudioRecording, clock: Clock, *, until: float = 6.0) -> Measurement:
    return beginning_cut(
        recording, PAUSING, start_ns=clock(-2.5), since_ns=clock(0), until_ns=clock(until)
    )


def at_sample(seconds: float) -> int:
    return round((seconds + LATE) * 48000)


def test_a_pause_of_zeros_is_silent(studio: Studio, clock: Clock) -> None:
    measured = paused(studio.sound(PAUSING), clock)
    assert (measured.value, measured.error) == (-140, 0)
    assert measured.notes == ("digital zeros",)
    assert measured.rests_on > 600


def test_noise_in_a_pause_is_heard(studio: Studio, clock: Clock) -> None:
    def hiss(samples: NDArray[np.int16]) -> None:
        samples[at_sample(3.0) : at_sample(3.1)] = 328

    measured = paused(studio.sound(PAUSING, edit=hiss), clock)
    assert measured.value is not None
    assert abs(measured.value + 40) < 0.1
    assert measured.notes == ("loudest 560 ms after the sound",)


def test_a_pause_without_sound_around_it_is_missing(studio: Studio, clock: Clock) -> None:
    for silent in ((1.5, 2.6), (3.5, 4.6)):
        measured = paused(studio.sound(PAUSING, silent=[silent]), clock)
        assert "400 Hz was heard in" in str(measured.missing)
    assert "no pause between" in str(paused(studio.sound(PAUSING), clock, until=3.9).missing)
    assert paused(studio.absent_sound(), clock).missing is not None


def test_a_recording_that_ends_early_is_missing(studio: Studio, clock: Clock) -> None:
    assert paused(studio.sound(PAUSING, seconds=2.7), clock).missing is not None


def test_a_whole_beginning_is_not_cut(studio: Studio, clock: Clock) -> None:
    measured = cut(studio.sound(PAUSING), clock)
    assert measured.value is not None
    assert measured.value < 0.1
    assert (measured.rests_on, measured.at_least) == (3, False)


def test_a_cut_beginning_is_told_to_the_millisecond(studio: Studio, clock: Clock) -> None:
    measured = cut(studio.sound(PAUSING, silent=[(1.56, 1.575), (3.56, 3.562)]), clock)
    assert measured.value is not None
    assert abs(measured.value - 15) < 0.5


def test_a_beginning_that_is_not_heard_is_a_lower_bound(studio: Studio, clock: Clock) -> None:
    measured = cut(studio.sound(PAUSING, silent=[(1.5, 1.62)]), clock)
    assert (measured.value, measured.at_least) == (50, True)
    assert measured.notes == ("1 of 3 were not found",)


def test_no_beginning_is_missing(studio: Studio, clock: Clock) -> None:
    assert "no sound after a pause" in str(cut(studio.sound(PAUSING), clock, until=1.9).missing)
    assert cut(studio.absent_sound(), clock).missing is not None
