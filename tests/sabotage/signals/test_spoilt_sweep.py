from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.participant.tampering import Tamper
from harness.sabotage.signals.spoilt_sweep import (
    AT,
    GAP,
    HELD,
    JUMP,
    PERIOD,
    SPEED,
    held_sweep,
    slow_sweep,
    spoilt_sweep,
)
from harness.signals.generator import generator_of
from harness.signals.sound import Tone
from harness.signals.sweep import Sweep
from tests.sabotage.seams import changes_of

SWEEP = Sweep()
TRUE = generator_of(SWEEP).samples


def made(tamper: Tamper, sound: Sweep | Tone, start: int, stop: int) -> NDArray[np.int16]:
    [change] = changes_of(tamper).values()
    heard: NDArray[np.int16] = change(generator_of(sound).samples, sound, start, stop)
    return heard


@pytest.mark.parametrize("tamper", [spoilt_sweep, held_sweep, slow_sweep])
def test_any_slice_is_the_same_and_another_sound_is_left_alone(tamper: Tamper) -> None:
    whole = made(tamper, SWEEP, 0, 3 * PERIOD)
    frames = [made(tamper, SWEEP, n, n + 480) for n in range(0, 3 * PERIOD, 480)]

    np.testing.assert_array_equal(np.concatenate(frames), whole)
    assert whole.shape == (3 * PERIOD, 1)
    assert whole.dtype == np.int16
    tone = Tone()
    np.testing.assert_array_equal(
        made(tamper, tone, 0, PERIOD), generator_of(tone).samples(0, PERIOD)
    )


def test_each_period_has_a_gap_a_click_or_a_jump() -> None:
    first, second, third = np.split(made(spoilt_sweep, SWEEP, 0, 3 * PERIOD), 3)
    true = TRUE(0, PERIOD)

    assert not first[AT : AT + GAP].any()
    np.testing.assert_array_equal(
        np.delete(first, np.s_[AT : AT + GAP]), np.delete(true, np.s_[AT : AT + GAP])
    )
    assert abs(int(second[AT, 0]) - int(true[AT, 0])) >= 30_000
    np.testing.assert_array_equal(np.delete(second, AT), np.delete(true, AT))
    np.testing.assert_array_equal(third[:AT], true[:AT])
    np.testing.assert_array_equal(third[AT:], TRUE(AT + JUMP, PERIOD + JUMP))


@pytest.mark.parametrize(
    ("periods", "eighths", "lasts", "frequency_hz"),
    [(*hold, hz) for hold, hz in zip(HELD, (850, 1353, 1856), strict=True)],
)
def test_a_frequency_is_held_without_a_click(
    periods: int, eighths: int, lasts: int, frequency_hz: float
) -> None:
    heard = made(held_sweep, SWEEP, 0, 2 * PERIOD)[:, 0].astype(int)
    at = eighths * PERIOD // 8
    held = heard[at : at + lasts]
    crossings = np.count_nonzero(np.diff(np.sign(held)) > 0)
    again = np.array_equal(heard[PERIOD + at : PERIOD + at + lasts], held)

    assert abs(crossings / (lasts / 48_000) - frequency_hz) < 20
    assert np.abs(np.diff(heard[at - 2 : at + lasts])).max() < 2500
    assert again is (periods == 1)


def test_between_its_holds_a_sweep_is_as_it_was() -> None:
    heard, true = made(held_sweep, SWEEP, 0, 2 * PERIOD), TRUE(0, 2 * PERIOD)
    n, held = np.arange(2 * PERIOD), np.zeros(2 * PERIOD, bool)
    for periods, eighths, lasts in HELD:
        since = n % PERIOD - eighths * PERIOD // 8
        held |= (n // PERIOD % periods == 0) & (since >= 0) & (since < lasts)

    np.testing.assert_array_equal(heard[~held], true[~held])
    assert 0.25 < held.mean() < 0.4


def test_a_slow_sweep_is_behind() -> None:
    heard, late = made(slow_sweep, SWEEP, 0, PERIOD)[:, 0].astype(int), round(AT / SPEED)
    true = TRUE(0, PERIOD)[:, 0].astype(int)

    assert abs(heard[late] - true[AT]) < 400
