from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.signals.sound import Tone
from harness.verifiers.stereo import channel_separation

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio

Clock = Callable[[float], int]
STEREO = Tone(pilot_hz=400, right_pilot_hz=700)


def test_channels_as_sent_are_far_apart(studio: Studio, clock: Clock) -> None:
    measured = channel_separation(
        studio.sound(STEREO), STEREO, since_ns=clock(1), until_ns=clock(4)
    )

    assert measured.value is not None
    assert measured.value > 40
    assert (measured.unit, measured.rests_on) == ("dB", 300)
    assert measured.evidence == ("bob/tone.wav",)
    assert "left: -26.0 dBFS of 400 Hz, " in measured.notes[0]
    assert measured.notes[1].endswith(" -26.0 dBFS of 700 Hz")


@pytest.mark.parametrize(("leak", "separation"), [(0.1, 20), (0.5, 6), (1.0, 0)])
def test_what_leaks_into_the_other_channel_is_measured(
    studio: Studio, clock: Clock, leak: float, separation: float
) -> None:
    def mix(samples: NDArray[np.int16]) -> None:
        left, right = samples.astype(np.float64).T
        samples[:, 0], samples[:, 1] = left + leak * right, right + leak * left

    measured = channel_separation(
        studio.sound(STEREO, edit=mix), STEREO, since_ns=clock(1), until_ns=clock(4)
    )

    assert measured.value == pytest.approx(separation, abs=0.3)


def test_exchanged_channels_are_worse_than_mixed_ones(studio: Studio, clock: Clock) -> None:
    def exchange(samples: NDArray[np.int16]) -> None:
        samples[:] = samples[:, ::-1].copy()

    exchanged = studio.sound(STEREO, edit=exchange)
    measured = channel_separation(exchanged, STEREO, since_ns=clock(1), until_ns=clock(4))

    assert measured.value is not None
    assert measured.value < -40


def test_one_channel_on_both_sides_is_worse_than_none(studio: Studio, clock: Clock) -> None:
    def left_only(samples: NDArray[np.int16]) -> None:
        samples[:, 1] = samples[:, 0]

    measured = channel_separation(
        studio.sound(STEREO, edit=left_only), STEREO, since_ns=clock(1), until_ns=clock(4)
    )

    assert measured.value is not None
    assert measured.value < 0


def test_without_two_channels_and_a_pilot_there_is_no_value(studio: Studio, clock: Clock) -> None:
    times = {"since_ns": clock(1), "until_ns": clock(4)}
    mono = studio.sound(Tone(pilot_hz=400))
    assert "record two" in str(channel_separation(mono, STEREO, **times).missing)
    assert "one channel" in str(channel_separation(mono, Tone(), **times).missing)

    quiet = studio.sound(STEREO, silent=[(0, 6)])
    assert "neither pilot" in str(channel_separation(quiet, STEREO, **times).missing)
    late = {"since_ns": clock(8), "until_ns": clock(9)}
    assert "neither pilot" in str(channel_separation(studio.sound(STEREO), STEREO, **late).missing)
    assert channel_separation(studio.absent_sound(), STEREO, **times).value is None
