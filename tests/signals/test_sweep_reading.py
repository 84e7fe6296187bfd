from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.signals.sound import Direction, Tone, ToneGenerator
from harness.signals.sweep import SWEEP_PERIOD_MS, Sweep, SweepGenerator
from harness.signals.sweep_reading import WINDOW_MS, read_sweep

MINUTE = 60 * 48_000


def heard(
    direction: Direction = "up", *, first: int = 0, seconds: float = 3.0
) -> NDArray[np.int16]:
    samples = SweepGenerator(Sweep(direction=direction)).samples(
        first, first + int(seconds * 48000)
    )
    return samples[:, 0]


def flows(samples: NDArray[np.int16], direction: Direction = "up") -> float:
    """Share of neighbours between which time passes as it does."""
    steps = np.abs(np.diff(read_sweep(samples, direction).lag_ms()))
    return float(np.mean(steps < 1.0))


@pytest.mark.parametrize("direction", ["up", "down"])
@pytest.mark.parametrize("first", [0, 1000, 23_999])
def test_every_moment_is_told_to_a_twentieth_of_a_millisecond(
    direction: Direction, first: int
) -> None:
    reading = read_sweep(heard(direction, first=first), direction)
    truth = (reading.at_ms + first / 48) % SWEEP_PERIOD_MS
    assert np.nanmax(np.abs(reading.place_ms - truth)) < 0.05
    assert np.mean(np.isnan(reading.place_ms)) < 0.03
    assert np.median(reading.level_dbfs) == pytest.approx(-12, abs=0.05)


def test_noise_of_a_tenth_does_not_move_it_by_a_millisecond() -> None:
    noisy = heard() + np.random.default_rng(3).normal(0, 582, 3 * 48000)
    reading = read_sweep(noisy.astype(np.int16), "up")
    assert np.nanmax(np.abs(reading.place_ms - reading.at_ms % SWEEP_PERIOD_MS)) < 1.0


def test_lag_goes_on_over_the_ends_of_periods_and_tells_what_was_left_out() -> None:
    samples = heard(seconds=4)
    lag = read_sweep(np.concatenate([samples[:96_000], samples[99_840:]]), "up").lag_ms()
    assert np.nanmedian(lag[:700]) == pytest.approx(0, abs=0.05)
    assert np.nanmedian(lag[-700:]) == pytest.approx(-80, abs=0.05)


@pytest.mark.parametrize("size", [0, 100, 479])
def test_less_than_a_window_holds_nothing(size: int) -> None:
    assert len(read_sweep(np.zeros(size, np.int16), "up").at_ms) == 0


def test_the_first_window_is_whole() -> None:
    assert read_sweep(heard(), "up").at_ms[0] == WINDOW_MS / 2


@pytest.mark.parametrize(("size", "windows"), [(480, 1), (599, 1), (600, 2), (48_000, 397)])
def test_windows_begin_every_two_and_a_half_milliseconds(size: int, windows: int) -> None:
    reading = read_sweep(heard()[:size], "up")
    assert np.array_equal(reading.at_ms, 5 + 2.5 * np.arange(windows))


@pytest.mark.parametrize(
    ("place_ms", "read"), [(4.5, False), (5.5, True), (492.5, True), (493.5, False)]
)
def test_the_ends_of_a_period_are_not_told(place_ms: float, read: bool) -> None:
    reading = read_sweep(heard(first=int(48 * (place_ms + 495)))[:480], "up")
    assert (reading.place_ms == pytest.approx([place_ms], abs=0.1)) == read


@pytest.mark.parametrize(("level_dbfs", "read"), [(-59.5, True), (-60.5, False)])
def test_quieter_than_60_db_below_full_scale_it_is_not_read(level_dbfs: float, read: bool) -> None:
    quiet = np.rint(heard() * 10 ** ((level_dbfs + 12) / 20)).astype(np.int16)
    reading = read_sweep(quiet, "up")
    assert (np.mean(~np.isnan(reading.place_ms)) > 0.9) == read


@pytest.mark.parametrize("direction", ["up", "down"])
def test_a_clean_sweep_is_believed_but_for_what_lies_between_two_frequencies(
    direction: Direction,
) -> None:
    clean = read_sweep(heard(direction), direction).confidence
    assert np.median(clean) == pytest.approx(0.9947, abs=0.001)
    assert clean.max() <= 1


def test_confidence_is_the_share_of_the_energy_that_is_the_sweep() -> None:
    power = 10 ** (-12 / 10) / 2 * 32768**2
    noise = np.random.default_rng(5).normal(0, power**0.5, 3 * 48000)
    half = read_sweep((heard() + noise).astype(np.int16), "up")
    assert np.median(half.confidence) == pytest.approx(0.5, abs=0.1)
    assert np.isnan(half.place_ms).mean() > 0.9


NOISE = np.random.default_rng(4).normal(0, 3000, MINUTE).astype(np.int16)
STEADY = (8000 * np.sin(2 * np.pi * 1500 * np.arange(MINUTE) / 48000)).astype(np.int16)


@pytest.mark.parametrize(
    "samples",
    [np.zeros(MINUTE, np.int16), NOISE, ToneGenerator(Tone()).samples(0, MINUTE)[:, 0]],
    ids=["silence", "noise", "pilot and markers"],
)
def test_what_is_no_sweep_is_not_read(samples: NDArray[np.int16]) -> None:
    assert np.isnan(read_sweep(samples, "up").place_ms).all()


@pytest.mark.parametrize(
    "samples", [STEADY, heard("down", seconds=60)], ids=["steady tone", "other sweep"]
)
def test_time_does_not_pass_in_another_sound(samples: NDArray[np.int16]) -> None:
    assert flows(samples) == 0.0
    assert flows(heard()) > 0.95
