from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.signals.sound import FULL_SCALE, Direction
from harness.signals.sweep import (
    RETURN_MS,
    SWEEP_KBPS,
    SWEEP_PERIOD_MS,
    Sweep,
    SweepGenerator,
    sweep_period,
)

PERIOD = 48 * SWEEP_PERIOD_MS
sweeps = st.builds(
    Sweep, direction=st.sampled_from(["up", "down"]), level_dbfs=st.sampled_from([-40.0, -12.0, 0])
)


@settings(max_examples=30, deadline=None)
@given(
    sweep=sweeps,
    start=st.integers(0, 10**9),
    lengths=st.lists(st.integers(0, 2000), min_size=1, max_size=5),
)
def test_slices_concatenate(sweep: Sweep, start: int, lengths: list[int]) -> None:
    edges = np.cumsum([start, *lengths]).tolist()
    parts = [SweepGenerator(sweep).samples(a, b) for a, b in pairwise(edges)]
    whole = SweepGenerator(sweep).samples(edges[0], edges[-1])
    assert whole.shape == (edges[-1] - edges[0], 1)
    assert np.array_equal(np.concatenate(parts), whole)


@pytest.mark.parametrize("direction", ["up", "down"])
def test_frequency_says_the_place_in_the_half_second(direction: Direction) -> None:
    wave = sweep_period(direction)
    hz = np.angle(wave[1:] * wave[:-1].conj()) * 48000 / (2 * np.pi)
    rising = 48 * (SWEEP_PERIOD_MS - RETURN_MS) - 1
    place = (np.arange(rising) + 0.5) / (rising + 1)
    expected = 600 + 2000 * (place if direction == "up" else 1 - place)
    assert np.abs(hz[:rising] - expected).max() < 0.1
    assert np.all((hz > 599) & (hz < 2601))


@pytest.mark.parametrize(
    ("direction", "values"),
    [
        ("up", [8218, 7934, -644, -6144, 6498, -1051, -5935]),
        ("down", [4503, 2069, 644, -7815, -6498, -7595, 1972]),
    ],
)
def test_sound_is_what_it_was_when_recordings_were_made(
    direction: Direction, values: list[int]
) -> None:
    samples = SweepGenerator(Sweep(direction=direction)).samples(0, PERIOD)[:, 0]
    assert np.abs(samples[[100, 5000, 12000, 20000, 23910, 23950, 23990]] - values).max() <= 1


def test_bit_rate_is_one_at_which_opus_codes_it_as_music() -> None:
    assert SWEEP_KBPS == 96


@pytest.mark.parametrize("direction", ["up", "down"])
def test_nothing_in_it_is_like_a_click(direction: Direction) -> None:
    """Its sixth difference is that of a steady sine of its highest frequency."""
    samples = SweepGenerator(Sweep(direction=direction, level_dbfs=0)).samples(0, 3 * PERIOD)
    sixth = np.abs(np.diff(samples[:, 0].astype(float), 6)).max() / FULL_SCALE
    assert sixth < 1.1 * (2 * np.pi * 2600 / 48000) ** 6 + 2**6 / FULL_SCALE


def test_level_is_the_peak_and_full_scale_does_not_wrap() -> None:
    quiet = SweepGenerator(Sweep(level_dbfs=-20)).samples(0, PERIOD)
    assert np.abs(quiet).max() == pytest.approx(FULL_SCALE / 10, abs=1)
    loud = SweepGenerator(Sweep(level_dbfs=0)).samples(0, PERIOD).astype(int)
    assert (loud.min(), loud.max()) == (-32768, 32767)
    assert np.abs(np.diff(loud[:, 0])).max() < 32768 * 2 * np.pi * 2600 / 48000


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"level_dbfs": 0.5}, "level_dbfs is 0.5: choose -40 to 0"),
        ({"level_dbfs": -41}, "choose -40 to 0"),
        ({"level_dbfs": float("nan")}, "level_dbfs is nan"),
        ({"direction": "left"}, "direction is 'left': choose up or down"),
    ],
)
def test_a_sweep_that_nobody_could_read_is_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Sweep(**wrong)


@pytest.mark.parametrize(("start", "stop"), [(-1, 2), (3, 2)])
def test_samples_that_do_not_exist_are_refused(start: int, stop: int) -> None:
    with pytest.raises(ValueError, match="count from 0 upwards"):
        SweepGenerator(Sweep()).samples(start, stop)
