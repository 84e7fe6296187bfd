from __future__ import annotations

from dataclasses import replace

import pytest

from harness.evidence.clock import NS_PER_S
from harness.evidence.finding import Cell, Verdict
from harness.evidence.run_event import (
    CalibrationDone,
    CanaryDone,
    PlannedCell,
    RunEvent,
    RunFinished,
)
from harness.following.followed import Followed, Key
from harness.following.to_go import CellTime
from tests.following.runs import attempted, begins, found, planned, played
from tests.report.conftest import run_events, started


def followed(*events: RunEvent) -> Followed:
    run = Followed()
    run.take(events)
    return run


def run_of(*names: str, canary: bool = False) -> RunEvent:
    cells = tuple(PlannedCell(scenario=name) for name in names)
    return replace(started(), cells=cells, canary=canary)


def key(scenario: str) -> Key:
    return Key(scenario, "clean", None)


def test_a_scenario_waits_runs_and_is_over() -> None:
    run = followed(run_of("a", "b"), begins("a", 1))
    assert (run.total, run.done) == (2, 0)
    assert run.running[key("a")].attempt_ns is None
    run.take([begins("a", 3, number=1)])
    assert run.running[key("a")].spent_s(5 * NS_PER_S) == 2
    run.take([attempted("a", 6), begins("a", 8, number=2)])
    assert run.running[key("a")].spent_s(9 * NS_PER_S) == 4
    run.take([attempted("a", 10, number=2), found("a", 10)])
    assert not run.running
    [over] = run.played
    assert over.time == CellTime(first_s=3, again_s=2), "what it waited does not count"
    assert [one.number for one in over.attempts] == [1, 2]
    assert [one.clause for one in over.findings] == ["MUTE-001"]
    assert (run.total, run.done) == (2, 1)


def test_a_whole_run_is_followed_to_its_end() -> None:
    run = followed(*planned(run_events()))

    assert len(run.played) == run.done == run.total == 3
    assert not run.running
    assert [len(one.findings) for one in run.played] == [2, 4, 1]
    assert [len(one.attempts) for one in run.played] == [2, 1, 1]
    assert isinstance(run.finished, RunFinished)
    assert len(run.calibrations) == len(run.notes) == 1


def test_a_scenario_whose_process_died_in_its_turn_is_over_all_the_same() -> None:
    run = followed(run_of("a"), begins("a", 1), attempted("a", 4), found("a", 4))

    assert run.played[0].time.first_s == 1, "as the attempt itself says"


def test_what_never_began_cannot_end() -> None:
    run = followed(run_of("a"), attempted("x", 1), found("x", 1))

    assert not run.played


def test_the_same_scenario_under_another_profile_is_another() -> None:
    run = followed(begins("a", 1), begins("a", 1, cell=Cell(server="", profile="3g")))

    assert set(run.running) == {key("a"), Key("a", "3g", None)}


def test_the_time_to_go_is_that_of_the_cells_that_are_left() -> None:
    run = followed(run_of("a", "b", "c"), *played("a", 0, 10), begins("b", 10))
    usual = {key(name): CellTime(first_s=10) for name in "abc"}

    def left_s(at_s: float) -> float:
        made = run.to_go(usual, now_ns=round(at_s * NS_PER_S), processes=1)
        assert made is not None
        return made.seconds

    assert left_s(10) == pytest.approx(20)
    run.take([begins("b", 10, number=1)])
    assert left_s(14) == pytest.approx(16)
    assert run.to_go({}, now_ns=0, processes=1) is None


def test_a_calibration_is_no_slow_scenario() -> None:
    run = followed(run_of("a"), CalibrationDone(at_ns=NS_PER_S, took_s=40.0))
    usual = {key("a"): CellTime(first_s=10)}

    made = run.to_go(usual, now_ns=40 * NS_PER_S, processes=1)
    assert made is not None
    assert made.seconds == pytest.approx(10)


def test_a_canary_is_one_more_of_which_only_the_end_is_known() -> None:
    over = [event for name in "abc" for event in played(name, 0, 10)]
    run = followed(run_of(*"abc", canary=True), *over)
    assert (run.total, run.done) == (4, 3)
    made = run.to_go({}, now_ns=30 * NS_PER_S, processes=1)
    assert made is not None
    assert made.seconds == pytest.approx(10)
    run.take(
        [
            CanaryDone(
                at_ns=0, sabotage="x", clause="A-001", scenario="a", verdict=Verdict.FAIL, reason=""
            )
        ]
    )
    assert (run.total, run.done) == (4, 4)
    made = run.to_go({}, now_ns=40 * NS_PER_S, processes=1)
    assert made is not None
    assert made.seconds == 0


def test_of_a_run_that_says_nothing_of_its_plan_nothing_is_estimated() -> None:
    run = followed(started(), *played("a", 0, 10))

    assert run.total == 0
    assert run.to_go({}, now_ns=0, processes=1) is None
