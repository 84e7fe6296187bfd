"""Compared runs for machines: what is written, as types, and published as a schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from harness.clauses.model import Level
from harness.evidence.finding import Finding, Verdict
from harness.judging.compare import Change, Compared
from harness.report.comparison import Comparison
from harness.report.document import Results

SCHEMA: Final = 1


@dataclass(frozen=True, kw_only=True)
class RunRow:
    """A run that was compared."""

    name: str
    started: str | None
    """Wall clock, UTC, ISO 8601."""
    versions: dict[str, str]
    complete: bool
    headline: str


@dataclass(frozen=True, kw_only=True)
class SaidRow:
    """What a run said of a clause."""

    verdict: Verdict
    reason: str
    measured: float | None
    interval: tuple[float, float] | None
    limit: dict[str, float] | None
    deviation: str | None


@dataclass(frozen=True, kw_only=True)
class ChangeRow:
    """A clause in a scenario under a profile, where something changed."""

    change: Change
    clause: str
    statement: str
    level: Level
    gates: bool
    """Whether it decides the exit code."""
    scenario: str
    profile: str
    unit: str | None
    before: tuple[SaidRow, ...]
    """Of the runs of BASE that have it, oldest first."""
    after: SaidRow | None
    expected: tuple[float, float] | None
    """Where BASE leads to expect the value; null where verdicts or limits differ."""
    rests_on: int
    """How many runs of BASE lead to that."""


@dataclass(frozen=True, kw_only=True)
class ComparisonDocument:
    """What changed from one or several runs, BASE, to another, NEW."""

    schema: Literal[1]
    """Under one number keys are only added."""
    exit_code: int
    """0: no regression; 1: a regression that gates; 11: there may be one; 12: nothing compared."""
    headline: str
    why: str
    """The sentence under the headline."""
    gate: str
    """Which levels, areas and clauses decide the exit code: see docs/how-to/gate.md."""
    base: tuple[RunRow, ...]
    """Oldest first."""
    new: RunRow
    versions: dict[str, tuple[str, str]]
    """What is of another version: before, after; empty where there is none."""
    summary: dict[Change, int]
    """How many of each kind there are; each kind is there."""
    changes: tuple[ChangeRow, ...]
    """All but those that are the same, by clause and scenario."""
    notes: tuple[str, ...]


def comparison_json(comparison: Comparison) -> str:
    """One JSON object."""
    document = ComparisonDocument(
        schema=SCHEMA,
        exit_code=int(comparison.exit_code),
        headline=comparison.headline,
        why=comparison.why,
        gate=comparison.gate.text,
        base=tuple(_run(one) for one in comparison.base),
        new=_run(comparison.new),
        versions=comparison.versions,
        summary=comparison.counts,
        changes=tuple(
            _change(comparison, row) for row in comparison.rows if row.change is not Change.SAME
        ),
        notes=tuple(comparison.notes),
    )
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _run(results: Results) -> RunRow:
    run = results.run
    return RunRow(
        name=run.name,
        started=run.started,
        versions=run.versions,
        complete=run.complete,
        headline=run.headline,
    )


def _change(comparison: Comparison, row: Compared) -> ChangeRow:
    return ChangeRow(
        change=row.change,
        clause=row.clause,
        statement=comparison.statement_of(row.clause),
        level=comparison.level_of(row.clause),
        gates=comparison.gates(row),
        scenario=row.told.scenario,
        profile=row.told.cell.profile,
        unit=row.told.unit,
        before=tuple(_said(one) for one in row.before),
        after=_said(row.after) if row.after is not None else None,
        expected=row.expected,
        rests_on=row.rests_on,
    )


def _said(finding: Finding) -> SaidRow:
    return SaidRow(
        verdict=finding.verdict,
        reason=finding.reason,
        measured=finding.measured,
        interval=finding.interval,
        limit=finding.limit,
        deviation=finding.deviation,
    )
