from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from harness.evidence.measurement import Measurement
from harness.evidence.recording import AudioRecording
from harness.signals.sound import Tone
from harness.verifiers.leak import leaked_markers

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio

Clock = Callable[[float], int]
TONE = Tone(marker="order")
MUTED_S, UNMUTED_S = 1.1, 2.85


def leaks_of(studio: Studio, clock: Clock, recording: AudioRecording) -> Measurement:
    return leaked_markers(
        recording,
        TONE,
        sent=studio.sent_sound(TONE, seconds=7),
        hidden_ns=(clock(MUTED_S), clock(UNMUTED_S)),
        until_ns=clock(7),
    )


def test_nothing_leaks_through_a_mute(studio: Studio, clock: Clock) -> None:
    heard = studio.sound(TONE, silent=[(MUTED_S + 0.06, UNMUTED_S + 0.06)])
    measured = leaks_of(studio, clock, heard)
    assert (measured.value, measured.rests_on) == (0, 6)
    assert measured.notes == ("sound is 60 ms late",)


def test_what_is_heard_while_muted_leaks(studio: Studio, clock: Clock) -> None:
    measured = leaks_of(studio, clock, studio.sound(TONE))
    assert measured.value == 3
    assert measured.notes[1].startswith("leaked 4")


def test_what_is_replayed_after_the_unmute_leaks(studio: Studio, clock: Clock) -> None:
    def replay(samples: NDArray[np.int16]) -> None:
        first, last = int(1.16 * 48000), int(2.91 * 48000)
        kept = samples[first : first + 48000].copy()
        samples[first:last] = 0
        samples[last : last + 48000] = kept

    measured = leaks_of(studio, clock, studio.sound(TONE, edit=replay, seconds=7.5))
    assert measured.value == 2


def test_sound_that_stays_late_by_the_mute_leaks(studio: Studio, clock: Clock) -> None:
    def buffer(samples: NDArray[np.int16]) -> None:
        first, last = int(1.16 * 48000), int(2.91 * 48000)
        samples[last:] = samples[first : len(samples) - last + first].copy()
        samples[first:last] = 0

    measured = leaks_of(studio, clock, studio.sound(TONE, edit=buffer))
    assert (measured.value or 0) >= 3


def test_without_markers_after_the_unmute_nobody_knows(studio: Studio, clock: Clock) -> None:
    measured = leaks_of(studio, clock, studio.sound(TONE, silent=[(MUTED_S, 6.0)]))
    assert measured.value is None
    assert measured.missing
    assert leaks_of(studio, clock, studio.absent_sound()).missing
