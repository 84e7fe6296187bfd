"""Runs that are followed, as their processes write them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from harness.evidence.clock import NS_PER_S
from harness.evidence.finding import Attempt, Cell
from harness.evidence.run_event import (
    AttemptFinished,
    AttemptStarted,
    FindingMade,
    PlannedCell,
    RunEvent,
    RunStarted,
)
from harness.evidence.run_folder import RunFolder
from harness.following.follower import Follower
from tests.report.conftest import run_events

NAME = "20261121T000528.123456Z-3f9a1c"


def begins(scenario: str, at_s: float, *, number: int = 0, cell: Cell | None = None) -> RunEvent:
    """The turn of a scenario with one clause, or an attempt at it."""
    return AttemptStarted(
        at_ns=round(at_s * NS_PER_S), scenario=scenario, number=number, folder="",
        cell=cell or Cell(server=""), clauses=("MUTE-001",),
    )  # fmt: skip


def attempted(scenario: str, at_s: float, *, number: int = 1, beside: bool = False) -> RunEvent:
    """An attempt that began a second before."""
    at_ns = round(at_s * NS_PER_S)
    attempt = Attempt(
        scenario=scenario, number=number, cell=Cell(server="1.13.5"), folder="", beside=beside,
        started_ns=at_ns - NS_PER_S, ended_ns=at_ns, media_s=1.0,
    )  # fmt: skip
    return AttemptFinished(at_ns=at_ns, attempt=attempt)


def found(scenario: str, at_s: float) -> RunEvent:
    """The one finding of a scenario, which ends it."""
    made = next(one for one in run_events() if isinstance(one, FindingMade))
    finding = replace(made.finding, scenario=scenario, cell=Cell(server="1.13.5"))
    return FindingMade(at_ns=round(at_s * NS_PER_S), finding=finding)


def played(scenario: str, at_s: float, took_s: float) -> list[RunEvent]:
    """A scenario from its turn to its finding."""
    end_s = at_s + took_s
    return [
        begins(scenario, at_s),
        begins(scenario, at_s, number=1),
        attempted(scenario, end_s),
        found(scenario, end_s),
    ]


def planned(events: Iterable[RunEvent]) -> list[RunEvent]:
    """The events of a run whose first one says what is to be played."""
    listed = list(events)
    begun = [one for one in listed if isinstance(one, AttemptStarted)]
    cells = {one.scenario: PlannedCell(scenario=one.scenario) for one in begun}
    return [
        replace(one, cells=tuple(cells.values())) if isinstance(one, RunStarted) else one
        for one in listed
    ]


class Written:
    """A run folder that is written bit by bit, and who follows it on a clock that is set."""

    def __init__(self, reports: Path) -> None:
        self.path = reports / NAME
        self.now_s = 0.0
        self.follower = Follower(self.path, now_ns=lambda: round(self.now_s * NS_PER_S))

    def write(self, *events: RunEvent, worker: str = "") -> None:
        """Append events, as one process of the run does."""
        self.path.mkdir(parents=True, exist_ok=True)
        folder = RunFolder(self.path, worker=worker)
        for event in events:
            folder.append(event)
        folder.close()

    def write_run(self, *, last: type[RunEvent] | None = None) -> None:
        """A run with one finding of each kind; up to the first event of a kind, without that."""
        events = planned(run_events())
        ends = [place for place, one in enumerate(events) if last and isinstance(one, last)]
        self.write(*events[: ends[0] if ends else None])


def store(reports: Path, day: int, *events: RunEvent) -> None:
    """Write an earlier run, made on that day of the month."""
    path = reports / f"202611{day:02}T000000.000000Z-aaaaaa"
    path.mkdir(parents=True)
    folder = RunFolder(path)
    for event in events:
        folder.append(event)
    folder.close()
