"""Runs compared: earlier ones of the same versions, BASE, with a later one, NEW."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from harness.clauses.model import Level
from harness.evidence.json_value import read_json
from harness.evidence.run_event import PROOF
from harness.evidence.run_folder import RunFolderError
from harness.judging.compare import Change, Compared, compare
from harness.judging.gate import Gate
from harness.judging.outcome import ExitCode
from harness.report.document import SCHEMA, Results
from harness.report.model import RunState, read_report
from harness.report.results import document

_RESULTS = msgspec.json.Decoder(Results)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What changed, and what it means for whoever gates on it."""

    base: tuple[Results, ...]
    """At least one, oldest first."""
    new: Results
    gate: Gate
    rows: tuple[Compared, ...]

    def of(self, *changes: Change) -> list[Compared]:
        """The rows of some kinds; values that moved furthest first."""
        chosen = [row for row in self.rows if row.change in changes]
        return sorted(chosen, key=lambda row: (-row.shift, row.clause, row.told.scenario))

    @property
    def counts(self) -> dict[Change, int]:
        """How many rows of each kind there are."""
        counted = Counter(row.change for row in self.rows)
        return {change: counted[change] for change in Change}

    def gates(self, row: Compared) -> bool:
        """Whether it is a regression, or was lost, and that decides the exit code."""
        level = self.level_of(row.clause)
        if not self.gate.fails(row.clause, level):
            return False
        if row.change is Change.REGRESSION:
            return row.after is not None and row.after.deviation is None
        return row.change is Change.LOST and level is Level.MUST

    def level_of(self, clause: str) -> Level:
        """How binding a clause is; one that nobody knows is a MUST."""
        found = self.new.clauses.get(clause) or self.base[-1].clauses.get(clause)
        return found.level if found else Level.MUST

    def statement_of(self, clause: str) -> str:
        """What a clause says; empty where nobody knows it."""
        found = self.new.clauses.get(clause) or self.base[-1].clauses.get(clause)
        return found.statement if found else ""

    @property
    def exit_code(self) -> ExitCode:
        """As of a run: INCONCLUSIVE where there may be a regression that nobody saw."""
        gating = {row.change for row in self.rows if self.gates(row)}
        if Change.REGRESSION in gating:
            return ExitCode.FAILED
        if Change.LOST in gating or not self.new.run.complete:
            return ExitCode.INCONCLUSIVE
        in_common = any(row.before and row.after for row in self.rows)
        return ExitCode.CONFORMANT if in_common else ExitCode.NOTHING_JUDGED

    @property
    def headline(self) -> str:
        """The result in two words."""
        passed = "Gate passed" if self.counts[Change.REGRESSION] else "No regression"
        return {
            ExitCode.FAILED: "Regressed",
            ExitCode.INCONCLUSIVE: "Not decided",
            ExitCode.NOTHING_JUDGED: "Nothing compared",
        }.get(self.exit_code, passed)

    @property
    def why(self) -> str:
        """One sentence."""
        gating = Counter(row.change for row in self.rows if self.gates(row))
        parts = []
        if number := gating[Change.REGRESSION]:
            parts.append(f"{number} regression{'s' * (number > 1)}")
        if number := gating[Change.LOST]:
            parts.append(f"{number} clause{'s' * (number > 1)} that MUST hold could not be judged")
        if self.new.run.state is RunState.DAMAGED:
            parts.append(f"the record of NEW is damaged: {self.new.run.problems[0]}")
        elif not self.new.run.complete:
            parts.append("NEW is not complete")
        if self.exit_code is ExitCode.NOTHING_JUDGED:
            parts.append("BASE and NEW have no clause in common")
        spared = self.counts[Change.REGRESSION] + self.counts[Change.LOST] - sum(gating.values())
        if spared:
            parts.append(f"{spared} that decide nothing regressed or were lost")
        if not parts:
            parts.append("what holds in BASE holds in NEW")
        if removed := self.counts[Change.REMOVED]:
            parts.append(f"{removed} that BASE judged are not in NEW")
        return ", ".join(parts)

    @property
    def versions(self) -> dict[str, tuple[str, str]]:
        """What is of another version: before, after; empty where there is none."""
        before, after = self.base[-1].run.versions, self.new.run.versions
        return {
            name: (before.get(name, ""), after.get(name, ""))
            for name in {**before, **after}
            if before.get(name) != after.get(name)
        }

    @property
    def notes(self) -> list[str]:
        """What a reader must know of the comparison."""
        notes = [
            f"{name} was broken on purpose: sabotage {run.run.sabotage}"
            for name, run in (*(("BASE", one) for one in self.base), ("NEW", self.new))
            if run.run.sabotage
        ]
        if len({tuple(sorted(one.run.versions.items())) for one in self.base}) > 1:
            notes.append("the runs of BASE are of different versions")
        if any(not one.run.complete for one in self.base):
            notes.append("not every run of BASE is complete: what it left out was not compared")
        if self.base[-1].run.machine != self.new.run.machine:
            notes.append(
                "BASE and NEW ran on different machines, or beside other load: times do not compare"
            )
        moved = self.of(Change.WORSE, Change.BETTER, Change.MOVED)
        if any(row.rests_on == 1 for row in moved):
            notes.append(
                "the interval of one run says how exactly it was measured, not how much the next "
                "differs: two runs of the same versions have such values too. Name several runs "
                "of BASE that judge the same to see what is beyond their spread"
            )
        return notes


def compare_runs(base: Sequence[Results], new: Results, gate: Gate) -> Comparison:
    """Compare runs of BASE, oldest first and at least one, with NEW.

    Raises GateError when the gate names what no catalogue of theirs knows.
    """
    gate.check({*new.clauses, *base[-1].clauses})
    rows = compare([one.findings for one in base], new.findings)
    return Comparison(base=tuple(base), new=new, gate=gate, rows=rows)


def read_base(paths: Sequence[Path], new: str) -> tuple[Results, ...]:
    """Results of the runs that a run named `new` is shown beside, oldest first.

    Raises RunFolderError when one cannot be read, is `new` itself, or is named twice.
    """
    read: dict[str, Results] = {}
    for path in paths:
        results = read_results(path)
        name = results.run.name
        if name == new:
            raise RunFolderError(f"{path} is {name} itself: name an earlier run")
        if name in read:
            raise RunFolderError(f"{path} is {name}, which is named already: name each run once")
        read[name] = results
    return tuple(sorted(read.values(), key=lambda one: one.run.started or ""))


def read_results(path: Path) -> Results:
    """The results of a run folder, or of a `results.json`.

    Raises RunFolderError when they cannot be read, or are of a run that proves and does not judge.
    """
    results = document(read_report(path.resolve())) if path.is_dir() else _read_file(path)
    if results.run.sabotage == PROOF:
        raise RunFolderError(f"{path} is a proof that clauses can fail: it judges nothing")
    require_limits(results, path)
    if not results.clauses:
        raise RunFolderError(f"{path} has no start of a run: name a run folder, or results.json")
    return results


def require_limits(results: Results, path: Path) -> None:
    """Raises RunFolderError where a limit is none: the type of a limit allows any keys."""
    if any({*(one.limit or {})} - {"min", "max"} for one in results.findings):
        raise RunFolderError(f"{path} has a limit that is neither `min` nor `max`: it is damaged")


def _read_file(path: Path) -> Results:
    try:
        return read_json(path.read_bytes(), _RESULTS)
    except OSError as error:
        raise RunFolderError(f"cannot read {path}: {error.strerror}") from None
    except ValueError as error:
        raise RunFolderError(
            f"{path} is no results.json of schema {SCHEMA}: {error}; `livekit-harness report` "
            "makes it anew from the run folder"
        ) from None
