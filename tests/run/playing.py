"""Runs whose attempts were written before they run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from harness.evidence.finding import Attempt, ClauseResult, Finding, Verdict
from harness.evidence.measurement import Measurement
from harness.evidence.run_event import CalibrationDone
from harness.evidence.run_folder import RunFolder
from harness.judging.deviations import Deviation, Deviations
from harness.judging.judge import judge
from harness.processes.keeper_client import Keeper
from harness.run.attempt import Plan
from harness.run.calibrating import Calibrating
from harness.run.machine_lock import MachineLock
from harness.run.options import RunOptions
from harness.run.run import Run
from harness.run.servers import Servers
from harness.sabotage.sabotage import Sabotage
from harness.server.choose import Wanted
from harness.stage.stage import StageSetup

if TYPE_CHECKING:
    from tests.run.conftest import FakeBackend, Make

HOLDS, FAILS = 1.0, 0.0


def measured(value: float, *, error: float = 0.0) -> Measurement:
    return Measurement(value=value, unit="bool", error=error, rests_on=1)


UNCERTAIN = measured(1.0, error=0.5)


class Player:
    """Stands at the seam `perform`: gives attempts that were written before."""

    def __init__(self) -> None:
        self.script: list[Callable[[Plan], Attempt]] = []
        self.setups: list[StageSetup] = []

    async def perform(self, plan: Plan, setup: StageSetup) -> Attempt:
        assert setup.folder.is_dir()
        self.setups.append(setup)
        return self.script.pop(0)(plan)

    def will_measure(self, *measurements: Measurement) -> None:
        """What the next attempts measure of every clause."""
        self.script += [lambda plan, m=m: finished(plan, m) for m in measurements]  # type: ignore[misc]


def finished(plan: Plan, measurement: Measurement) -> Attempt:
    results: tuple[ClauseResult, ...] = tuple(judge(measurement, c) for c in plan.clauses)
    return Attempt(
        scenario=plan.scenario.nodeid,
        number=plan.number,
        cell=plan.cell,
        folder=plan.folder,
        started_ns=1,
        ended_ns=2,
        media_s=3.0,
        results=results,
    )


async def is_quiet() -> bool:
    return True


def new_run(
    make: Make,
    backend: FakeBackend,
    folder: Path,
    *,
    sabotage: Sabotage | None = None,
    deviations: Sequence[Deviation] = (),
    machine: Path | None = None,
    calibration: CalibrationDone | None = None,
    timing: str | None = None,
    until_quiet: Callable[[], Awaitable[bool]] | None = None,
) -> Run:
    """`timing` is the clause, of two, that is about a time; it has a floor."""
    keeper = cast("Keeper", None)  # nothing is started
    run_folder = RunFolder(folder)
    lock = MachineLock(machine or folder / "machine", run="this", say=print)

    async def measure(_: Path, when: str) -> CalibrationDone:
        return calibration or CalibrationDone(at_ns=1, when=when, clock_offset_ms=(-0.1, 0.1))

    return Run(
        options=RunOptions(
            seed=81, reports=folder, command=("pytest",), server=Wanted(), sabotage=sabotage
        ),
        folder=run_folder,
        catalogue=make.catalogue(
            *(
                replace(make.clause(name), timing=name == timing, floor="skew_ms")
                for name in ("OWN-001", "OWN-002")
            )
        ),
        deviations=Deviations(deviations),
        keeper=keeper,
        servers=Servers(backend, keeper=keeper, folder=run_folder),
        machine=lock,
        calibrating=Calibrating(folder=run_folder, machine=lock, measure=measure, say=print),
        until_quiet=until_quiet or is_quiet,
    )


def brief(findings: list[Finding]) -> list[tuple[str, Verdict, int]]:
    return [(f.clause, f.verdict, f.attempts) for f in findings]
