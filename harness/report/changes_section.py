"""What changed since the baseline, as a part of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.evidence.finding import Finding
from harness.evidence.run_folder import RunFolderError
from harness.judging.compare import Change, Compared
from harness.judging.gate import GateError
from harness.report.baseline import Baseline
from harness.report.comparison import Comparison, compare_runs
from harness.report.comparison_text import (
    TITLES,
    VALUES,
    VERDICTS,
    change_words,
    run_words,
    value_words,
    verdicts_words,
)
from harness.report.document import Results
from harness.report.finding_view import FindingView
from harness.report.model import Report
from harness.report.results import document
from harness.report.words import NOTHING, value_range, wall_clock

MOST_VALUES = 20
"""Of a kind; `livekit-harness compare` has all."""
SHORT: Mapping[Change, tuple[str, str]] = {
    Change.REGRESSION: ("regression", "regressions"),
    Change.LOST: ("lost its verdict", "lost their verdict"),
    Change.FIX: ("fix", "fixes"),
    Change.ANOTHER: ("other verdict", "other verdicts"),
    Change.RELIMITED: ("verdict by another limit", "verdicts by another limit"),
    Change.GAINED: ("gained a verdict", "gained a verdict"),
    Change.WORSE: ("worse value", "worse values"),
    Change.MOVED: ("moved value", "moved values"),
    Change.BETTER: ("better value", "better values"),
}


@dataclass(frozen=True, kw_only=True)
class ChangeRow:
    """A clause that is not as it was."""

    clause: str
    statement: str
    words: str
    """`PASS → FAIL: 0 markers → 2 markers`, or `90 ms, expected 12 to 15`."""
    profile: str
    anchor: str
    """Of its finding; empty where this run has none."""


@dataclass(frozen=True, kw_only=True)
class ChangeTable:
    """What changed in one way."""

    title: str
    rows: tuple[ChangeRow, ...]
    """Those that are shown."""
    number: int
    """How many there are."""
    folded: bool
    """Whether one run of BASE is all that it rests on, which does not tell a change from chance."""


@dataclass(frozen=True, kw_only=True)
class ChangesSection:
    """All that changed."""

    base: tuple[str, ...]
    """The earlier runs, a line each."""
    short: str
    """`2 regressions, 1 fix`, or that nothing changed."""
    versions: tuple[str, ...]
    """`livekit-server 1.13.5 → 1.14.0`, or that they are the same."""
    tables: tuple[ChangeTable, ...]
    notes: tuple[str, ...]


def changes_section(
    report: Report, views: Sequence[FindingView], baseline: Baseline
) -> ChangesSection | None:
    """What is not as in the baseline; None without one, and of a proof.

    A baseline that cannot be read, or compared, is said to be so.
    """
    if report.proof is not None or baseline == Baseline():
        return None
    if baseline.problem:
        return _not_compared(baseline.problem)
    try:
        comparison = compare_runs(baseline.runs, document(report), report.gate)
    except (RunFolderError, GateError) as error:
        return _not_compared(str(error))
    anchors = {_key(view.finding): view.anchor for view in views}
    return ChangesSection(
        base=tuple(map(base_words, comparison.base)),
        short=_short(comparison),
        versions=tuple(
            f"{name} {change_words(*pair)}" for name, pair in comparison.versions.items()
        )
        or ("versions are the same",),
        tables=tuple(_tables(comparison, anchors)),
        notes=tuple(comparison.notes),
    )


def _not_compared(why: str) -> ChangesSection:
    return ChangesSection(base=(), short=why, versions=(), tables=(), notes=())


def base_words(results: Results) -> str:
    """An earlier run: what it was, when, and on which machine."""
    run = results.run
    parts = [
        wall_clock(run.started) if run.started else "",
        f"seed {run.seed}" if run.seed is not None else "",
        f"server from {run.backend}" if run.backend else "",
        *(f"{name} {value}" for name, value in run.machine.items()),
    ]
    return ", ".join([run_words(results), *filter(None, parts)])


def _short(comparison: Comparison) -> str:
    rows = {change: comparison.of(change) for change in SHORT}
    parts = [
        f"{len(found)} {SHORT[change][len(found) > 1]}"
        for change, found in rows.items()
        if found and not _rest_on_one(change, found)
    ]
    if parts:
        return ", ".join(parts)
    return "no verdict changed" if any(rows.values()) else "nothing changed"


def _rest_on_one(change: Change, rows: Sequence[Compared]) -> bool:
    """Whether they are values that one run of BASE led to expect."""
    return change in VALUES and all(row.rests_on == 1 for row in rows)


def _tables(
    comparison: Comparison, anchors: Mapping[tuple[str, str, str], str]
) -> list[ChangeTable]:
    tables = []
    for change in (*VERDICTS, *VALUES):
        rows = comparison.of(change)
        shown = rows[:MOST_VALUES] if change in VALUES else rows
        if rows:
            made = tuple(_row(comparison, row, anchors) for row in shown)
            folded = _rest_on_one(change, rows)
            tables.append(
                ChangeTable(title=TITLES[change], rows=made, number=len(rows), folded=folded)
            )
    return tables


def _row(
    comparison: Comparison, row: Compared, anchors: Mapping[tuple[str, str, str], str]
) -> ChangeRow:
    words = f"{verdicts_words(row)}{_values(row)}"
    if row.change in VALUES:
        expected, measured = value_words(row)
        words = f"{measured}, expected {expected}"
    return ChangeRow(
        clause=row.clause,
        statement=comparison.statement_of(row.clause),
        words=words,
        profile=row.told.cell.profile,
        anchor=anchors.get(_key(row.after), "") if row.after else "",
    )


def _values(row: Compared) -> str:
    """`: 0 markers → 2 markers`; empty where nothing was measured before and after."""
    told = change_words(value_range(row.before), value_range([row.after] if row.after else []))
    return "" if told == change_words(NOTHING, NOTHING) else f": {told}"


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.clause, finding.cell.profile, finding.scenario
