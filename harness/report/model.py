"""One run as all writers see it: read from the run folder alone, whole or cut short."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from harness.clauses.model import Clause
from harness.evidence.clock import NS_PER_S
from harness.evidence.finding import Attempt, Cell, Finding
from harness.evidence.run_event import (
    PROOF,
    AttemptFinished,
    AttemptStarted,
    CalibrationDone,
    CanaryDone,
    FindingMade,
    Note,
    RunFinished,
    RunStarted,
    VersionSeen,
)
from harness.evidence.run_events import RunEvents, read_events
from harness.evidence.run_folder import owner_of
from harness.judging.calibration import calibration_notes
from harness.judging.deviations import Deviation, expiry_notes
from harness.judging.gate import GATE, Gate, GateError, parse_gate
from harness.judging.outcome import (
    ExitCode,
    Outcome,
    canary_words,
    is_unexpected_pass,
    outcome,
    proof_outcome,
    with_canary,
)
from harness.judging.proof import Declared, Proof, prove

INTERRUPTED = 2
"""Exit code of pytest."""
_Row = TypeVar("_Row")


class RunState(StrEnum):
    """How far a run came."""

    FINISHED = "finished"
    RUNNING = "running"
    CUT = "cut"
    DAMAGED = "damaged"
    """It came to its end, and a part of its record cannot be read."""


ENDS = {
    RunState.RUNNING: "still runs",
    RunState.CUT: "was cut short",
    RunState.DAMAGED: "cannot be read whole",
}
"""What is said of a run that is not finished."""
_UNDECIDED = {
    RunState.RUNNING: "Still running",
    RunState.CUT: "Cut short",
    RunState.DAMAGED: "Record damaged",
}
"""Its headline, where nothing failed."""


@dataclass(frozen=True, kw_only=True)
class CutScenario:
    """A scenario that began and has clauses without a finding: the run ended in the middle."""

    scenario: str
    cell: Cell
    clauses: tuple[str, ...]
    """Ids of the clauses that nothing is said about."""
    why: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that is known about a run."""

    folder: Path
    started: RunStarted | None
    """None when the run was killed before its first event, or that line is damaged."""
    finished: RunFinished | None
    still_running: bool
    duration_s: float
    """From the first event to the last."""
    versions: dict[str, str]
    clauses: dict[str, Clause]
    deviations: tuple[Deviation, ...]
    calibrations: tuple[CalibrationDone, ...]
    findings: tuple[Finding, ...]
    """Sorted by clause, then by scenario."""
    attempts: tuple[Attempt, ...]
    cut: tuple[CutScenario, ...]
    notes: tuple[str, ...]
    problems: tuple[str, ...]
    """What could not be read of the run folder."""
    outcome: Outcome
    canary: CanaryDone | None = None
    """What became of the hidden sabotage; None: there was none, or it did not come to its end."""
    asked: frozenset[str] = frozenset()
    """Ids of the clauses that the scenarios ask about which began, and of those with a finding."""
    gate: Gate = GATE
    """What decides the exit code."""
    proof: Proof | None = None
    """Of a run that proves that clauses can fail."""

    @property
    def state(self) -> RunState:
        """Cut is a run that neither came to its end nor still runs."""
        if self.complete:
            return RunState.FINISHED
        if self.still_running:
            return RunState.RUNNING
        return RunState.DAMAGED if self._damaged else RunState.CUT

    @property
    def complete(self) -> bool:
        """Whether the run came to its own end, no scenario was cut, and all can be read."""
        return _came_to_its_end(self.finished) and not self.cut and not self.problems

    @property
    def _damaged(self) -> bool:
        return self.finished is not None and bool(self.problems)

    @property
    def judged(self) -> ExitCode:
        """What is judged of the run; a record that is not whole is none of a success."""
        whole = not self.cut and not self.problems
        return self.outcome.exit_code if self.outcome.exit_code or whole else ExitCode.INCONCLUSIVE

    @property
    def exit_code(self) -> int | None:
        """How the run ended; a record that is not whole is none of a success."""
        if self.finished is None:
            return None
        ended = self.finished.exit_code
        return ended if ended or self.complete else ExitCode.INCONCLUSIVE

    @property
    def passed(self) -> bool:
        """Whether its exit code was 0, and all is there that says so."""
        ended_well = self.finished is not None and self.finished.exit_code == 0
        return self.complete and ended_well and self.outcome.exit_code is ExitCode.CONFORMANT

    @property
    def conformant(self) -> bool:
        """Nothing failed, nothing is open, nothing is missing, whatever the gate leaves out."""
        return self.passed and not self.outcome.spared

    @property
    def failed(self) -> bool:
        """It is over, and what must hold does not, or of a proof: what must fail does not."""
        over = self.state is not RunState.RUNNING
        return over and self.outcome.exit_code is ExitCode.FAILED

    @property
    def surprises(self) -> int:
        """Findings that are PASS where a known deviation says FAIL."""
        return sum(map(is_unexpected_pass, self.findings))

    @property
    def headline(self) -> str:
        """The result in two or three words."""
        if self.proof is not None and self.proof.cut:
            return _UNDECIDED.get(self.state, "Cut short")
        if self.outcome.exit_code is ExitCode.FAILED:
            return "Not proven" if self.proof else "Not conformant"
        if self.conformant:
            return "Proven" if self.proof else "Conformant"
        if self.passed:
            return "Gate passed"
        if self.state in _UNDECIDED:
            return _UNDECIDED[self.state]
        if self.outcome.exit_code is ExitCode.NOTHING_JUDGED:
            return "Nothing judged"
        return "Not decided"

    @property
    def why(self) -> str:
        """The sentence under the headline."""
        why = self.outcome.why
        if self._damaged:
            why = f"{why}; a part of the record cannot be read: {self.problems[0]}"
        if self.finished is None and not self.still_running:
            return f"{why}; the run was killed before its end"
        ended = self.finished.exit_code if self.finished else 0
        if self.finished and ended != self.outcome.exit_code:
            return f"{why}; the run ended with exit code {ended}: {self.finished.reason}"
        return why

    def deviation_named(self, finding: Finding) -> str:
        """The known deviation of a finding that has one, with where it is listed."""
        listed = {one.id: one.named for one in self.deviations}
        return listed.get(finding.deviation or "", finding.deviation or "")  # a row may be damaged

    def attempts_of(self, finding: Finding) -> list[Attempt]:
        """The attempts on which a finding rests, in order."""
        return [
            attempt
            for attempt in self.attempts
            if attempt.scenario == finding.scenario and _key(attempt.cell) == _key(finding.cell)
        ]


def read_report(folder: Path, *, ending: bool = False) -> Report:
    """Read a run folder.

    Args:
        folder: Of the run.
        ending: Whether the run is at its own end, and is about to write that down.

    Raises RunFolderError when `folder` is not one, or cannot be read.
    """
    read = read_events(folder)
    problems = list(read.problems)
    started = next(iter(read.of(RunStarted)), None)
    clauses = read_rows(started.clauses if started else (), Clause, "clause", problems)
    deviations = read_rows(started.deviations if started else (), Deviation, "deviation", problems)
    by_id = {clause.id: clause for clause in clauses}
    findings = sorted(
        (event.finding for event in read.of(FindingMade)),
        key=lambda finding: (finding.clause, finding.scenario),
    )
    problems += [
        f"{number} events of the unknown kind {kind!r}, written by a newer version"
        for kind, number in read.unknown.items()
    ]
    attempts = tuple(event.attempt for event in read.of(AttemptFinished))
    finished = next(iter(read.of(RunFinished)), None)
    cut = tuple(_cut(read, findings))
    ended = (ending or _came_to_its_end(finished)) and not cut and not read.problems
    proof = _proof(started, findings, by_id, problems, cut=not ended)
    gate = _gate(started, problems)
    owner = owner_of(folder)
    return Report(
        folder=folder,
        started=started,
        finished=finished,
        still_running=finished is None and owner is not None and owner.alive(),
        duration_s=_duration_s(read),
        versions=_versions(started, read),
        clauses=by_id,
        deviations=tuple(deviations),
        calibrations=tuple(read.of(CalibrationDone)),
        findings=tuple(findings),
        attempts=attempts,
        cut=cut,
        notes=(*_notes(read, attempts), *_expiry_notes(started, deviations)),
        problems=tuple(problems),
        outcome=_outcome(read, started, findings, by_id, proof, gate),
        canary=next(iter(read.of(CanaryDone)), None),
        asked=_asked(read, findings),
        gate=gate,
        proof=proof,
    )


def _came_to_its_end(finished: RunFinished | None) -> bool:
    return finished is not None and finished.exit_code != INTERRUPTED


def _asked(read: RunEvents, findings: Sequence[Finding]) -> frozenset[str]:
    declared = {clause for event in read.of(AttemptStarted) for clause in event.clauses}
    return frozenset(declared | {finding.clause for finding in findings})


def _outcome(
    read: RunEvents,
    started: RunStarted | None,
    findings: Sequence[Finding],
    clauses: dict[str, Clause],
    proof: Proof | None,
    gate: Gate,
) -> Outcome:
    if proof is not None:
        return proof_outcome(proof, findings, clauses)
    judged = outcome(findings, clauses, gate)
    if started is None or not started.canary:
        return judged
    return with_canary(judged, next(iter(read.of(CanaryDone)), None))


def _proof(
    started: RunStarted | None,
    findings: Sequence[Finding],
    clauses: Iterable[str],
    problems: list[str],
    *,
    cut: bool,
) -> Proof | None:
    if started is None or started.sabotage != PROOF:
        return None
    return prove(
        findings,
        read_rows(started.sabotages, Declared, "sabotage", problems),
        clauses=clauses,
        whole=started.whole_proof,
        cut=cut,
        planned=len(started.cells),
    )


def _gate(started: RunStarted | None, problems: list[str]) -> Gate:
    try:
        return parse_gate(started.gate if started else "")
    except GateError as error:
        problems.append(str(error))
        return GATE


def _duration_s(read: RunEvents) -> float:
    if not read.events:
        return 0.0
    return (read.events[-1].at_ns - read.events[0].at_ns) / NS_PER_S


def _notes(read: RunEvents, attempts: Sequence[Attempt]) -> tuple[str, ...]:
    """What was noted, what the calibrations say, and whether attempts were disturbed."""
    notes = [note.text for note in read.of(Note)]
    notes += [canary_words(canary) for canary in read.of(CanaryDone)]
    notes += calibration_notes(read.of(CalibrationDone))
    disturbed = [attempt for attempt in attempts if attempt.disturbance and not attempt.beside]
    if disturbed:
        first, verb = disturbed[0], "was" if len(disturbed) == 1 else "were"
        notes.append(
            f"{len(disturbed)} of {len(attempts)} attempts {verb} disturbed: of the times and "
            "rates measured there count those alone that kept a limit which load can only break; "
            f"the first in {first.scenario}: {first.disturbance}"
        )
    return tuple(notes)


def _expiry_notes(started: RunStarted | None, deviations: Sequence[Deviation]) -> list[str]:
    try:
        day = datetime.fromisoformat(started.started if started else "").date()
    except ValueError:  # damaged
        return []
    return expiry_notes(deviations, day)


def _versions(started: RunStarted | None, read: RunEvents) -> dict[str, str]:
    versions = dict(started.versions) if started else {}
    return versions | {seen.name: seen.version for seen in read.of(VersionSeen)}


def read_rows(
    rows: Sequence[dict[str, Any]], kind: type[_Row], name: str, problems: list[str]
) -> list[_Row]:
    """Rows of the first event of a run as what they are; one that cannot be read is a problem."""
    read = []
    for row in rows:
        try:
            read.append(msgspec.convert(row, kind))
        except msgspec.ValidationError as error:
            problems.append(f"{name} {row.get('id', '?')} cannot be read: {error}")
    return read


def _cut(read: RunEvents, findings: Sequence[Finding]) -> list[CutScenario]:
    """Scenarios that declared clauses about which there is no finding."""
    found = {(finding.clause, finding.scenario, _key(finding.cell)) for finding in findings}
    ended = {
        (event.attempt.scenario, _key(event.attempt.cell)): event.attempt
        for event in read.of(AttemptFinished)
    }
    cut = {}
    for event in read.of(AttemptStarted):
        key = (event.scenario, _key(event.cell))
        open_ids = tuple(clause for clause in event.clauses if (clause, *key) not in found)
        if not open_ids:
            continue
        last = ended.get(key)
        over = last is not None and last.number == event.number
        how = "ended, was not judged" if over else "was cut"
        why = f"attempt {event.number} {how}" if event.number else "cut before its first attempt"
        cut[key] = CutScenario(
            scenario=event.scenario,
            cell=event.cell,
            clauses=open_ids,
            why=why,
        )
    return list(cut.values())


def _key(cell: Cell) -> bytes:
    """What is known before an attempt: which SDKs and server took part is told by joining."""
    return msgspec.json.encode(replace(cell, sdk={}, server=""), order="sorted")
