"""Runs of the suite one after the other, and what they say together."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from harness.evidence.clock import NS_PER_S, now_ns
from harness.evidence.run_events import read_start
from harness.evidence.run_folder import RunFolderError, run_folders
from harness.judging.flips import FlipCount, Repeat, series_of
from harness.judging.outcome import ExitCode
from harness.report.model import Report, read_report
from harness.report.stored_runs import StoredRuns
from harness.soak.busy_core import LOAD, IdleError, busy_core
from harness.soak.child import Ended, run_child

SCENARIOS = "scenarios"
"""Folder that is taken where no path is named; else what pytest takes then."""
OURS = ("--lk-seed", "--lk-reports", "--lk-load")
SPOILING = ("--lk-sabotage", "--lk-prove")
INTERRUPTED = 2
_PYTESTS_OWN = {INTERRUPTED, 3, 4, 5}
"""Exit codes of pytest after which another run would end the same way."""


class SoakError(ValueError):
    """A soak cannot be made as it was asked for: says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is repeated."""

    times: int
    busy: bool
    """Every second run has one core kept busy beside it."""
    limit_s: float
    """Longest time of one run."""
    reports: Path
    arguments: tuple[str, ...] = ()
    """Paths and options of pytest."""

    def load(self, number: int) -> str:
        """What the machine does beside the n-th run, counted from 1."""
        return LOAD if self.busy and number % 2 == 0 else ""


@dataclass(frozen=True, kw_only=True)
class SoakRun:
    """One run that is over."""

    number: int
    load: str
    took_s: float
    ended: Ended
    report: Report | None
    """None where it came to no run folder that can be read."""

    @property
    def stops(self) -> bool:
        """Whether no further run makes sense."""
        return self.ended.interrupted or (
            not self.ended.too_long and self.ended.code in _PYTESTS_OWN
        )


@dataclass(frozen=True, kw_only=True)
class Soaked:
    """What became of a soak."""

    runs: tuple[SoakRun, ...]
    interrupted: bool
    idle: str = ""
    """Why the load of a run was none: it is not counted, and none follows."""


class Show(Protocol):
    """Where a soak is followed."""

    def begins(self, number: int, done: Sequence[SoakRun]) -> None:
        """The n-th run begins, after those that are done."""

    def line(self, text: str) -> None:
        """The run said this."""

    def ended(self, run: SoakRun) -> None:
        """It is over."""


class Runs(Protocol):
    """What runs pytest: `run_child`."""

    def __call__(
        self, command: Sequence[str], *, limit_s: float, on_line: Callable[[str], None]
    ) -> Ended:
        """As `run_child`."""


def check(plan: Plan) -> None:
    """Raises SoakError when that cannot be repeated."""
    if plan.times < 1:
        raise SoakError(f"--times {plan.times}: at least one run")
    if plan.limit_s <= 0:
        raise SoakError("--limit-minutes: a run takes longer than that")
    for argument in plan.arguments:
        option = argument.partition("=")[0]
        if option in OURS:
            raise SoakError(
                f"{option}: a soak sets it itself; the folder of the runs is named by --reports, "
                "before the --"
            )
        if option in SPOILING:
            raise SoakError(f"{option}: verdicts that something spoils on purpose are not counted")


def soak(plan: Plan, *, show: Show, new_seed: Callable[[], int], runs: Runs = run_child) -> Soaked:
    """Make the runs.

    Ends early with what there is: when it is interrupted, pytest cannot run or there is no load.
    """
    done: list[SoakRun] = []
    interrupted = False
    idle = ""
    try:
        for number in range(1, plan.times + 1):
            show.begins(number, done)
            done.append(_run(plan, number, show=show, seed=new_seed(), runs=runs))
            show.ended(done[-1])
            if done[-1].stops:
                break
    except KeyboardInterrupt:  # between two runs
        interrupted = True
    except IdleError as error:
        idle = str(error)
    return Soaked(
        runs=tuple(done),
        interrupted=interrupted or any(run.ended.interrupted for run in done),
        idle=idle,
    )


def command_of(plan: Plan, *, load: str, seed: int) -> list[str]:
    """What one run is: pytest in this Python, as the command `pytest` would be."""
    paths = ["-o", f"testpaths={SCENARIOS}"] if Path(SCENARIOS).is_dir() else []
    ours = [f"--lk-reports={plan.reports}", f"--lk-seed={seed}", f"--lk-load={load}"]
    return [sys.executable, "-P", "-m", "pytest", *paths, *plan.arguments, *ours]


def _run(plan: Plan, number: int, *, show: Show, seed: int, runs: Runs) -> SoakRun:
    load = plan.load(number)
    before = set(run_folders(plan.reports))
    began_ns = now_ns()
    with busy_core() if load else nullcontext():
        command = command_of(plan, load=load, seed=seed)
        ended = runs(command, limit_s=plan.limit_s, on_line=show.line)
    return SoakRun(
        number=number,
        load=load,
        took_s=(now_ns() - began_ns) / NS_PER_S,
        ended=ended,
        report=_report(plan.reports, before, seed),
    )


def _report(reports: Path, before: set[Path], seed: int) -> Report | None:
    """Of the new folder that has this seed: others may run here, too."""
    for folder in reversed(run_folders(reports)):
        try:
            if folder not in before and (start := read_start(folder)) and start.seed == seed:
                return read_report(folder)
        except RunFolderError:
            continue
    return None


def repeats_of(stored: StoredRuns, done: Sequence[SoakRun]) -> tuple[Repeat, ...]:
    """The repeats of a soak alone: its runs compared with its runs."""
    names = {run.report.folder.name for run in done if run.report is not None}
    series = series_of(run for run in stored.verdicts if run.name in names)
    return tuple(repeat for one in series for repeat in one.repeats)


def flips_of(repeats: Sequence[Repeat], load: str | None = None) -> FlipCount:
    """Count some; only those under one load, if it is given."""
    chosen = [one for one in repeats if load is None or one.after.load == load]
    return FlipCount(repeats=len(chosen), flips=sum(one.flipped for one in chosen))


def exit_code(soaked: Soaked, repeats: Sequence[Repeat]) -> int:
    """What the soak says at its end.

    Returns:
        2 when it was interrupted, 3 to 5 as pytest said; 1 when a run failed or a verdict flipped;
        10 when a run came to no end, no verdict or no load; 12 when one judged nothing; 11 when
        a run without load left open what must hold; 0 otherwise.
    """
    done = soaked.runs
    if soaked.interrupted:
        return INTERRUPTED
    if done[-1].stops:
        return done[-1].ended.code
    codes = {code_of(run) for run in done}
    if ExitCode.FAILED in codes or any(one.flipped for one in repeats):
        return ExitCode.FAILED
    if soaked.idle:
        return ExitCode.ERROR
    for code in (ExitCode.ERROR, ExitCode.NOTHING_JUDGED):
        if code in codes:
            return code
    if any(code_of(run) == ExitCode.INCONCLUSIVE and not run.load for run in done):
        return ExitCode.INCONCLUSIVE
    return ExitCode.CONFORMANT


def code_of(run: SoakRun) -> int:
    """Exit code of one run; ERROR for one that came to no end, or whose folder is not there."""
    ended = run.ended
    if ended.too_long or ended.code < 0 or run.report is None:
        return ExitCode.ERROR
    return ended.code
