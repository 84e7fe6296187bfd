from __future__ import annotations

from dataclasses import replace

import pytest

from harness.evidence.floors import FLOORS
from harness.evidence.measurement import Measurement, missing
from harness.evidence.run_event import CalibrationDone
from harness.judging.calibration import (
    BOUNDS,
    MOST_BUSY_RATIO,
    calibration_disturbance,
    calibration_notes,
    clock_problem,
)

CALM = {"bob": {"loop_lag_p99_ms": 3.0}, "machine": {"machine_busy_ratio": 0.25}}
ONE_CLOCK = (-0.01, 0.01)


def done(when: str, disturbance: str | None = None, **floors: float) -> CalibrationDone:
    measured = {name: Measurement(value=value, unit="ms") for name, value in floors.items()}
    return CalibrationDone(at_ns=1, when=when, floors=measured, disturbance=disturbance)


def test_every_floor_has_its_bounds() -> None:
    assert BOUNDS.keys() == FLOORS.keys()


def test_a_calm_machine_with_one_clock_is_not_disturbed() -> None:
    assert calibration_disturbance(CALM, ONE_CLOCK) is None


def test_the_lag_of_joining_is_no_disturbance() -> None:
    assert calibration_disturbance(CALM | {"bob": {"loop_lag_p99_ms": 30.0}}, ONE_CLOCK) is None


def test_one_more_busy_processor_is_a_disturbance() -> None:
    busy = CALM | {"machine": {"machine_busy_ratio": MOST_BUSY_RATIO + 0.2}}
    said = calibration_disturbance(busy, ONE_CLOCK)
    assert said == "machine: busy at 70 %, limit 50 %"


def test_what_disturbs_an_attempt_disturbs_a_calibration() -> None:
    said = calibration_disturbance(CALM | {"bob": {"inter_arrival_p99_ms": 34.0}}, ONE_CLOCK)
    assert said == "bob: decoded sound arrived 34 ms apart (p99), limit 20"


def test_what_publishing_makes_late_is_no_disturbance() -> None:
    assert calibration_disturbance(CALM | {"alice": {"late_handover_ratio": 0.011}}, ONE_CLOCK) is (
        None
    )
    late = CALM | {"alice": {"late_handover_ratio": 0.03}}
    said = calibration_disturbance(late, ONE_CLOCK)
    assert said == "alice: 3 % of the sound handed over behind schedule, limit 2 %"


def test_nobody_who_reports_is_a_disturbance() -> None:
    assert calibration_disturbance({}, ONE_CLOCK) == "nobody reported how busy it was"


@pytest.mark.parametrize(
    ("offset_ms", "says"),
    [
        (None, "whether processes share a clock is not known"),
        ((3.0, 3.1), "the clock of another process is off by 3 to 3.1 ms"),
        ((-3.1, -3.0), "the clock of another process is off by -3.1 to -3 ms"),
        ((0.2, -0.2), "the clock of another process moved against this one's"),
    ],
)
def test_two_clocks_are_a_problem(offset_ms: tuple[float, float] | None, says: str) -> None:
    assert clock_problem(offset_ms) == says
    assert calibration_disturbance(CALM, offset_ms) == says


def test_a_run_on_a_good_machine_has_nothing_to_note() -> None:
    before, after = done("before", skew_ms=-35.0), done("after", skew_ms=-20.0)
    assert clock_problem(ONE_CLOCK) is None
    assert calibration_notes([]) == ()
    assert calibration_notes([before, after]) == ()


def test_a_floor_beyond_its_bound_is_told() -> None:
    [note] = calibration_notes([done("before", picture_latency_ms=80.0)])
    assert note == (
        "the floor picture_latency_ms before the run is 80 ms, on a machine that measures well "
        "at most 60 ms"
    )


def test_floors_that_went_apart_are_told() -> None:
    before, after = done("before", sound_latency_ms=40.0), done("after", sound_latency_ms=95.0)
    [note] = calibration_notes([before, after])
    assert note == (
        "the floor sound_latency_ms went from 40 to 95 ms during the run, usual are 50 ms: "
        "no verdict rests on it"
    )


@pytest.mark.parametrize(
    ("name", "most_ms", "apart_ms"),
    [
        ("loop_picture_ms", 10, 5),
        ("loop_sound_ms", 10, 5),
        ("picture_latency_ms", 60, 30),
        ("sound_latency_ms", 150, 50),
        ("skew_ms", 100, 60),
        ("picture_interval_ms", 50, 10),
        ("subscribe_picture_ms", 3000, 2000),
        ("subscribe_sound_ms", 1000, 800),
    ],
)
def test_a_floor_may_reach_its_bounds_and_no_more(
    name: str, most_ms: float, apart_ms: float
) -> None:
    def floor(when: str, value: float) -> CalibrationDone:
        return replace(done(when), floors={name: Measurement(value=value, unit="ms")})

    highest = floor("before", most_ms)
    assert calibration_notes([highest, floor("after", most_ms - apart_ms)]) == ()
    assert len(calibration_notes([floor("before", -most_ms - 0.1)])) == 1
    assert len(calibration_notes([highest, floor("after", most_ms - apart_ms - 0.1)])) == 1


def test_the_first_and_the_last_calibration_are_compared() -> None:
    floors = (("before", 40.0), ("before", 95.0), ("after", 95.0), ("after", 45.0))
    assert calibration_notes([done(when, sound_latency_ms=ms) for when, ms in floors]) == ()


def test_a_disturbed_calibration_and_a_floor_that_is_not_there_are_told() -> None:
    empty = replace(done("after", "the machine slept"), floors={"skew_ms": missing("ms", "no bob")})
    assert calibration_notes([empty]) == (
        "the calibration after the run was disturbed: the machine slept",
        "no floor skew_ms after the run: no bob",
    )
