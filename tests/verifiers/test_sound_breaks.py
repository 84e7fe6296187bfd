from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from harness.signals.sound import Tone
from harness.verifiers.sound_breaks import silence_inserted

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio

Clock = Callable[[float], int]
STEADY = Tone(pilot_hz=400, marker=None)


def test_a_whole_tone_has_no_break(studio: Studio, clock: Clock) -> None:
    measured = silence_inserted(studio.sound(STEADY), STEADY, since_ns=clock(1), until_ns=clock(5))

    assert (measured.value, measured.error, measured.unit) == (0, 0, "ms/s")
    assert measured.notes == ("0 breaks",)
    assert measured.evidence == ("bob/tone.wav",)


@pytest.mark.parametrize("length_ms", [10, 20, 40])
def test_breaks_count_with_their_length(studio: Studio, clock: Clock, length_ms: int) -> None:
    breaks = [(1 + k / 10, 1 + k / 10 + length_ms / 1000) for k in range(40)]
    recording = studio.sound(STEADY, silent=breaks)

    measured = silence_inserted(recording, STEADY, since_ns=clock(0.95), until_ns=clock(4.95))

    assert measured.value == pytest.approx(10 * length_ms, abs=measured.error)
    assert measured.error == pytest.approx(10)
    assert measured.notes == ("40 breaks",)


def test_the_left_channel_is_the_one_that_is_asked(studio: Studio, clock: Clock) -> None:
    stereo = Tone(pilot_hz=400, right_pilot_hz=700, marker=None)
    measured = silence_inserted(studio.sound(stereo), stereo, since_ns=clock(1), until_ns=clock(5))

    assert measured.value == 0


def test_without_a_tone_there_is_no_value(studio: Studio, clock: Clock) -> None:
    since, until = clock(1), clock(5)
    silent = studio.sound(STEADY, silent=[(0, 6)], name="silent")
    with_markers = studio.sound(Tone(), name="markers")

    for recording, tone in (
        (silent, STEADY),
        (with_markers, Tone()),
        (studio.absent_sound(), STEADY),
    ):
        measured = silence_inserted(recording, tone, since_ns=since, until_ns=until)
        assert measured.value is None
        assert measured.missing
