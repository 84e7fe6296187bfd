from __future__ import annotations

import numpy as np
import pytest

from harness.signals.sweep_reading import SweepReading, read_sweep
from harness.verifiers.media_time import Disturbance, disturbances
from tests.verifiers.coded_sweep import (
    Samples,
    coded,
    hastened,
    int16,
    made_up,
    repeated,
    skipped,
    slowed,
)


def found(x: Samples) -> list[Disturbance]:
    return disturbances(read_sweep(int16(x), "up"))


def read(lag_ms: list[float], *, unread: slice = slice(0)) -> SweepReading:
    """Readings, 2.5 ms apart, of a sweep that is heard so late."""
    at = 2.5 * np.arange(len(lag_ms), dtype=np.float64)
    place = (at - np.array(lag_ms)) % 500
    place[unread] = np.nan
    return SweepReading(
        at_ms=at, place_ms=place, confidence=np.ones(len(at)), level_dbfs=np.zeros(len(at))
    )


@pytest.mark.parametrize(("missing", "count"), [(6, 0), (7, 1)])
def test_what_cannot_be_read_for_longer_than_the_end_of_a_period_is_disturbed(
    missing: int, count: int
) -> None:
    told = disturbances(read([0.0] * 60, unread=slice(20, 20 + missing)))
    assert len(told) == count
    assert all((one.unread_ms, one.jump_ms) == (20.0, 0.0) for one in told)


def test_a_jump_is_from_the_median_before_to_the_median_after() -> None:
    (one,) = disturbances(read([0.0] * 20 + [10 + 0.2 * k for k in range(10)] + [11.8] * 10))
    assert one.jump_ms == pytest.approx(10.8)
    assert (one.start_ms, one.end_ms) == (48.75, 51.25)


def test_a_jump_at_the_very_end_ends_there() -> None:
    (one,) = disturbances(read([0.0] * 20 + [10.0]))
    assert (one.start_ms, one.end_ms) == (48.75, 50.0)


def test_time_that_passes_as_it_was_sent_has_none() -> None:
    assert found(coded(20)) == []


@pytest.mark.parametrize("ms", [20, 40, 100])
@pytest.mark.parametrize(("spoil", "sign"), [(repeated, 1), (skipped, -1)])
def test_what_is_heard_twice_or_left_out_moves_the_lag(ms: float, spoil: object, sign: int) -> None:
    assert callable(spoil)
    (one,) = found(spoil(coded(4), 1700, ms))
    assert one.jump_ms == pytest.approx(sign * ms, abs=0.2)
    assert one.start_ms == pytest.approx(1700, abs=5)
    assert one.duration_ms < 10


@pytest.mark.parametrize("ms", [4, 9, 14])
def test_a_pitch_period_more_or_less_moves_it_a_little(ms: float) -> None:
    (more,), (less,) = found(slowed(coded(4), 1200, ms)), found(hastened(coded(4), 1200, ms))
    assert more.jump_ms == pytest.approx(ms, abs=1.1)
    assert less.jump_ms == pytest.approx(-ms, abs=1.1)


def test_sound_that_is_made_up_holds_time_and_lets_it_go() -> None:
    (one,) = found(made_up(coded(4), 1210, 40))
    assert one.start_ms == pytest.approx(1210, abs=5)
    assert one.end_ms == pytest.approx(1250, abs=5)
    assert one.jump_ms == pytest.approx(0, abs=0.2)
    assert min(one.back_ms, one.ahead_ms) > 30


def test_disturbances_near_each_other_are_one_and_far_ones_two() -> None:
    near = skipped(repeated(coded(4), 1200, 20), 1230, 20)
    far = skipped(repeated(coded(4), 1200, 20), 1300, 20)
    assert len(found(near)) == 1
    assert len(found(far)) == 2


@pytest.mark.parametrize("size", [0, 100, 1000])
def test_too_little_to_tell_has_none(size: int) -> None:
    assert found(coded(1)[:size]) == []
    assert found(np.zeros(size)) == []
