"""What the events of a run say so far: what is over, what runs, what is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from harness.evidence.clock import NS_PER_S, Ns
from harness.evidence.finding import Attempt, Cell, Finding
from harness.evidence.run_event import (
    AttemptFinished,
    AttemptStarted,
    CalibrationDone,
    CanaryDone,
    FindingMade,
    Note,
    PlannedCell,
    RunEvent,
    RunFinished,
    RunStarted,
    VersionSeen,
)
from harness.following.to_go import CellTime, Estimate, Part, estimate


class Key(NamedTuple):
    """What tells a cell from all others of its run."""

    scenario: str
    profile: str
    sabotage: str | None


@dataclass(frozen=True, kw_only=True)
class Played:
    """A cell that is over."""

    key: Key
    time: CellTime
    attempts: tuple[Attempt, ...]
    findings: tuple[Finding, ...]


@dataclass(kw_only=True)
class Playing:
    """A cell that has begun."""

    key: Key
    since_ns: Ns
    clauses: tuple[str, ...]
    attempt_ns: Ns | None = None
    """Since when an attempt runs; None while it waits for a server, or for the machine."""
    times_s: list[float] = field(default_factory=list)
    """Of the attempts that are over."""
    attempts: list[Attempt] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def spent_s(self, now_ns: Ns) -> float:
        """Time in attempts so far."""
        running_ns = 0 if self.attempt_ns is None else now_ns - self.attempt_ns
        return sum(self.times_s) + running_ns / NS_PER_S

    def ended(self) -> Played:
        """As it is once each clause has its finding."""
        return Played(
            key=self.key,
            time=CellTime(first_s=sum(self.times_s[:1]), again_s=sum(self.times_s[1:])),
            attempts=tuple(self.attempts),
            findings=tuple(self.findings),
        )


class Followed:
    """A run as its events tell it, taken one by one in order of time."""

    def __init__(self) -> None:
        self.started: RunStarted | None = None
        self.finished: RunFinished | None = None
        self.canary: CanaryDone | None = None
        self.running: dict[Key, Playing] = {}
        self.played: list[Played] = []
        """In the order in which they ended."""
        self.calibrations: list[CalibrationDone] = []
        self.notes: list[str] = []
        self.versions: dict[str, str] = {}

    def take(self, events: Iterable[RunEvent]) -> None:
        """Go on with these."""
        for event in events:
            self._take(event)

    @property
    def planned(self) -> dict[Key, PlannedCell]:
        """What is to be played, as far as anybody is told."""
        cells = self.started.cells if self.started else ()
        return {Key(one.scenario, one.profile, one.sabotage): one for one in cells}

    @property
    def total(self) -> int:
        """Scenarios that are to be played; 0 while that is not known."""
        return len(self.started.cells) + self.started.canary if self.started else 0

    @property
    def done(self) -> int:
        """Scenarios that are over."""
        return len(self.played) + (self.canary is not None)

    def to_go(
        self, usual: Mapping[Key, CellTime], *, now_ns: Ns, processes: int
    ) -> Estimate | None:
        """How long still; see `estimate`."""
        if self.started is None or not self.started.cells:
            return None
        took = {one.key: one.time for one in self.played}
        parts = []
        for key, cell in self.planned.items():
            runs = self.running.get(key)
            spent_s = 0.0 if runs is None else runs.spent_s(now_ns)
            parts.append(
                Part(beside=cell.beside, usual=usual.get(key), took=took.get(key), spent_s=spent_s)
            )
        if self.started.canary and self.canary is None:
            parts.append(Part())
        calibrated_s = sum(one.took_s for one in self.calibrations)
        elapsed_s = (now_ns - self.started.at_ns) / NS_PER_S - calibrated_s
        return estimate(parts, elapsed_s=max(0.0, elapsed_s), processes=processes)

    def _take(self, event: RunEvent) -> None:
        match event:
            case RunStarted():
                self.started = self.started or event
                self.versions |= event.versions
            case VersionSeen():
                self.versions[event.name] = event.version
            case AttemptStarted():
                self._begin(event)
            case AttemptFinished(attempt=attempt):
                self._attempted(event.at_ns, attempt)
            case FindingMade(finding=finding):
                self._found(finding)
            case CalibrationDone():
                self.calibrations.append(event)
            case CanaryDone():
                self.canary = event
            case Note(text=text):
                self.notes.append(text)
            case RunFinished():
                self.finished = event

    def _begin(self, event: AttemptStarted) -> None:
        key = key_of(event.scenario, event.cell)
        playing = self.running.setdefault(
            key, Playing(key=key, since_ns=event.at_ns, clauses=event.clauses)
        )
        if event.number:
            playing.attempt_ns = event.at_ns

    def _attempted(self, at_ns: Ns, attempt: Attempt) -> None:
        playing = self.running.get(key_of(attempt.scenario, attempt.cell))
        if playing is None:
            return
        begin_ns = attempt.started_ns if playing.attempt_ns is None else playing.attempt_ns
        playing.times_s.append((at_ns - begin_ns) / NS_PER_S)
        playing.attempts.append(attempt)
        playing.attempt_ns = None

    def _found(self, finding: Finding) -> None:
        key = key_of(finding.scenario, finding.cell)
        playing = self.running.get(key)
        if playing is None:
            return
        playing.findings.append(finding)
        if len(playing.findings) >= len(playing.clauses):
            self.played.append(playing.ended())
            del self.running[key]


def key_of(scenario: str, cell: Cell) -> Key:
    """Of a cell that an event tells of."""
    return Key(scenario, cell.profile, cell.sabotage)
