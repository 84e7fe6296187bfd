from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace

import pytest

from harness.evidence.finding import Verdict
from harness.report.stored_runs import stored_runs
from harness.soak import soak as soak_module
from harness.soak.child import Ended
from harness.soak.soak import Plan, Soaked, SoakRun, soak
from harness.soak.words import (
    begins_line,
    ended_lines,
    failures,
    head,
    running_line,
    summary_lines,
)
from tests.soak.conftest import FakeRuns

P, F, OPEN = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE
REFUSED = Ended(code=4, last_lines=("ERROR: file not found: nowhere", "\x1b[31mred"))


class Silent:
    def begins(self, number: int, done: Sequence[SoakRun]) -> None:
        """Nobody looks."""

    def line(self, text: str) -> None:
        """Nobody looks."""

    def ended(self, run: SoakRun) -> None:
        """Nobody looks."""


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Soaked]:
    """The runs of a soak, each of which took 80 s."""
    monkeypatch.setattr(soak_module, "busy_core", nullcontext)

    def make(plan: Plan, *verdicts: Verdict | Ended) -> Soaked:
        seeds = itertools.count(1)
        runs = FakeRuns(*verdicts)
        plan = replace(plan, times=len(verdicts))
        soaked = soak(plan, show=Silent(), new_seed=seeds.__next__, runs=runs)
        return replace(soaked, runs=tuple(replace(run, took_s=80.0) for run in soaked.runs))

    return make


def test_the_beginning_says_which_how_long_still_and_what_failed(
    plan: Plan, play: Callable[..., Soaked]
) -> None:
    assert begins_line(plan, 1, ()) == "run 1 of 4"
    done = play(plan, P, F).runs
    assert begins_line(plan, 3, done) == (
        "run 3 of 4; about 2 min 40 s to go; 1 run failed: OWN-001"
    )
    assert begins_line(plan, 4, play(plan, F, F).runs).endswith("2 runs failed: OWN-001")


def test_a_head_tells_of_load_where_some_runs_have_it(plan: Plan) -> None:
    assert head(plan, 2) == "run 2 of 4"
    busy = replace(plan, busy=True)
    assert head(busy, 1) == "run 1 of 4, without load"
    assert head(busy, 2) == "run 2 of 4, with one core kept busy"


def test_what_a_run_says_stays_on_its_line(plan: Plan) -> None:
    assert running_line(plan, 2, "PASS 3/31 muting") == "2/4 PASS 3/31 muting"
    assert len(running_line(plan, 2, "x" * 300)) == 100
    assert "\x1b" not in running_line(plan, 2, "\x1b[31m")


def test_the_end_of_a_run_says_what_did_not_hold(plan: Plan, play: Callable[..., Soaked]) -> None:
    passed, failed = play(plan, P, F).runs
    assert failures(passed) == []
    assert ended_lines(plan, passed) == ["run 1 of 4: conformant in 1 min 20 s, 1 PASS"]
    assert ended_lines(plan, failed) == [
        "run 2 of 4: not conformant in 1 min 20 s, 1 FAIL",
        "  FAIL OWN-001  expected yes, measured no",
    ]


def test_of_many_failures_some_are_shown(plan: Plan, play: Callable[..., Soaked]) -> None:
    (run,) = play(plan, F).runs
    assert run.report is not None
    many = replace(run, report=replace(run.report, findings=run.report.findings * 9))
    assert ended_lines(plan, many)[-1] == f"  and 4 more in {run.report.folder}"


def test_a_run_that_was_none_says_what_pytest_said(plan: Plan, play: Callable[..., Soaked]) -> None:
    (run,) = play(plan, REFUSED).runs
    assert ended_lines(plan, run) == [
        "run 1 of 4: no run, exit code 4 in 1 min 20 s",
        "  ERROR: file not found: nowhere",
        "  \ufffd[31mred",
    ]
    too_long = replace(run, ended=replace(REFUSED, too_long=True))
    assert ended_lines(plan, too_long)[0].startswith("run 1 of 4: took too long in ")
    interrupted = replace(run, ended=replace(REFUSED, interrupted=True))
    assert ended_lines(plan, interrupted)[0].startswith("run 1 of 4: interrupted in ")


def test_the_summary_tells_both_kinds_of_runs_apart(
    plan: Plan, play: Callable[..., Soaked]
) -> None:
    busy = replace(plan, busy=True, times=5)
    soaked = play(busy, P, OPEN, P, F, P)
    lines = summary_lines(busy, soaked, stored_runs(plan.reports))
    flipped = lines.pop(5)
    assert flipped.startswith("    OWN-001: PASS → FAIL in 2")
    assert lines == [
        "5 of 5 runs in 6 min 40 s: 3 conformant, 1 not decided, 1 not conformant",
        "  INCONCLUSIVE with one core kept busy, of 2 runs: OWN-001 in 1",
        "  these runs: 1 flip in 3 repeats, at most 86 % (95 %)",
        "    without load: 0 flips in 2 repeats, at most 78 % (95 %)",
        "    with one core kept busy: 1 flip in 1 repeat, at most 100 % (95 %)",
        "  over 5 stored runs: 1 flip in 3 repeats, at most 86 % (95 %)",
        f"  each clause: livekit-harness flips --reports {plan.reports}",
    ]


def test_without_any_run_there_is_nothing_to_say(plan: Plan) -> None:
    nothing = Soaked(runs=(), interrupted=True)
    assert summary_lines(plan, nothing, stored_runs(plan.reports)) == ["no run came to its end"]
