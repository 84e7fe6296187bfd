from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from harness.evidence.finding import Verdict
from harness.report.stored_runs import stored_runs
from harness.soak import soak as soak_module
from harness.soak.busy_core import LOAD, IdleError
from harness.soak.child import Ended
from harness.soak.soak import (
    Plan,
    Soaked,
    SoakError,
    SoakRun,
    check,
    code_of,
    command_of,
    exit_code,
    flips_of,
    repeats_of,
    soak,
)
from harness.soak.words import summary_lines
from tests.soak.conftest import FakeRuns, write

P, F, E, U = Verdict.PASS, Verdict.FAIL, Verdict.ERROR, Verdict.UNSUPPORTED
OPEN = Verdict.INCONCLUSIVE
TOO_LONG = Ended(code=-9, last_lines=("running",), too_long=True)
NO_TESTS = Ended(code=5, last_lines=("no tests ran",))
INTERRUPTED = Ended(code=2, last_lines=(), interrupted=True)


class Silent:
    """Shows nothing and keeps it."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def begins(self, number: int, done: Sequence[SoakRun]) -> None:
        self.said.append(f"{number} after {len(done)}")

    def line(self, text: str) -> None:
        self.said.append(text)

    def ended(self, run: SoakRun) -> None:
        self.said.append(f"{run.number} ended")


def play(plan: Plan, *verdicts: Verdict | Ended | None) -> tuple[Soaked, int]:
    """The soak of these runs, and its exit code."""
    soaked = soak(
        replace(plan, times=len(verdicts)),
        show=Silent(),
        new_seed=itertools.count(1).__next__,
        runs=FakeRuns(*verdicts),
    )
    return soaked, exit_code(soaked, repeats_of(stored_runs(plan.reports), soaked.runs))


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ((P, P), 0),
        ((P, U), 0),
        ((P, F), 1),
        ((F, F), 1),
        ((E, F), 1),
        ((P, E), 10),
        ((P, TOO_LONG, P), 10),
        ((OPEN, P), 11),
        ((E, OPEN), 10),
        ((P, NO_TESTS), 5),
        ((P, F, INTERRUPTED), 2),
        ((P, None), 2),
        ((None,), 2),
    ],
)
def test_a_soak_ends_as_its_runs_say(
    plan: Plan, verdicts: tuple[Verdict | Ended | None, ...], code: int
) -> None:
    assert play(plan, *verdicts)[1] == code


def test_under_load_it_may_stay_open_but_not_fail(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soak_module, "busy_core", nullcontext)
    busy = replace(plan, busy=True)
    assert play(busy, P, OPEN, P, OPEN)[1] == 0
    assert play(busy, OPEN, P)[1] == 11
    assert play(busy, P, F)[1] == 1


def test_every_second_run_is_under_load_and_says_so(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soak_module, "busy_core", nullcontext)
    soaked, _ = play(replace(plan, busy=True), P, P, P)

    assert [run.load for run in soaked.runs] == ["", LOAD, ""]
    stored = stored_runs(plan.reports)
    assert [run.load for run in stored.verdicts] == ["", LOAD, ""]
    repeats = repeats_of(stored, soaked.runs)
    assert (flips_of(repeats).repeats, flips_of(repeats, LOAD).repeats) == (2, 1)


def test_where_no_core_was_busy_it_ends_with_the_runs_before(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def idle() -> Iterator[None]:
        yield
        raise IdleError("it ended by itself")

    monkeypatch.setattr(soak_module, "busy_core", idle)
    busy = replace(plan, busy=True)
    soaked, code = play(busy, P, P, P)

    assert [run.number for run in soaked.runs] == [1]
    assert code == 10
    said = summary_lines(busy, soaked, stored_runs(plan.reports))
    assert said[1] == "  no further run: it ended by itself"
    assert play(busy, F, P)[1] == 1


@pytest.mark.parametrize("last", [NO_TESTS, INTERRUPTED])
def test_nothing_follows_on_an_end_that_would_come_again(plan: Plan, last: Ended) -> None:
    soaked, _ = play(plan, P, last, P)

    assert len(soaked.runs) == 2
    assert soaked.runs[-1].stops


def test_one_that_takes_too_long_is_followed_by_the_next(plan: Plan) -> None:
    soaked, _ = play(plan, TOO_LONG, P)

    assert [code_of(run) for run in soaked.runs] == [10, 0]


def test_runs_of_others_in_the_same_folder_are_not_taken_for_ours(plan: Plan) -> None:
    write(plan.reports, F, seed=1)  # before us, and with the seed that we draw
    runs = FakeRuns(P, P)

    def beside(command: list[str], **options: object) -> Ended:
        ended = runs(command, **options)  # type: ignore[arg-type]
        write(plan.reports, F, seed=99)
        return ended

    soaked = soak(
        replace(plan, times=2),
        show=Silent(),
        new_seed=itertools.count(1).__next__,
        runs=beside,  # type: ignore[arg-type]
    )
    repeats = repeats_of(stored_runs(plan.reports), soaked.runs)

    assert [run.report.outcome.exit_code for run in soaked.runs if run.report] == [0, 0]
    assert (flips_of(repeats).repeats, flips_of(repeats).flips) == (1, 0)


def test_more_runs_than_are_kept_count_all(plan: Plan) -> None:
    soaked, code = play(plan, *[P] * 24, F)
    counted = flips_of(repeats_of(stored_runs(plan.reports), soaked.runs))

    assert (counted.repeats, counted.flips, code) == (24, 1, 1)


def test_a_run_is_pytest_in_this_python(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    command = command_of(plan, load=LOAD, seed=7)
    assert command[1:] == [
        "-P", "-m", "pytest", "-m", "smoke",
        f"--lk-reports={plan.reports}", "--lk-seed=7", f"--lk-load={LOAD}",
    ]  # fmt: skip
    (tmp_path / "scenarios").mkdir()
    assert command_of(plan, load="", seed=7)[4:6] == ["-o", "testpaths=scenarios"]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"times": 0}, "at least one run"),
        ({"limit_s": 0.0}, "a run takes longer"),
        ({"arguments": ("--lk-seed", "3")}, "--lk-seed: a soak sets it itself"),
        ({"arguments": ("--lk-reports=x",)}, "named by --reports"),
        ({"arguments": ("--lk-sabotage=swap-tracks",)}, "spoils on purpose"),
    ],
)
def test_what_cannot_be_repeated_is_refused(
    plan: Plan, asked: dict[str, object], says: str
) -> None:
    check(plan)
    with pytest.raises(SoakError, match=says):
        check(replace(plan, **asked))  # type: ignore[arg-type]
