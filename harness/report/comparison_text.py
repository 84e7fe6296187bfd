"""Compared runs on the terminal: the result, what changed, and what to know of it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from harness.evidence.finding import CLEAN, Finding, Verdict
from harness.evidence.printable import printable
from harness.judging.compare import Change, Compared
from harness.judging.wording import bare, quantity
from harness.report.comparison import Comparison
from harness.report.document import Results
from harness.report.words import limit_text, value_text

WIDTH = 100
MOST = 10
"""Values of a kind that are shown; `--json` has all."""
VERDICTS = (
    Change.REGRESSION,
    Change.LOST,
    Change.FIX,
    Change.ANOTHER,
    Change.RELIMITED,
    Change.GAINED,
)
"""Changes of verdicts, each of which is shown."""
VALUES = (Change.WORSE, Change.MOVED, Change.BETTER)
TITLES = {
    Change.REGRESSION: "Regressions: hold in BASE, not in NEW",
    Change.LOST: "Lost: judged in BASE, without a verdict in NEW",
    Change.FIX: "Fixes: do not hold in BASE, hold in NEW",
    Change.ANOTHER: "Another verdict",
    Change.RELIMITED: "Another verdict, by another limit",
    Change.GAINED: "Gained: without a verdict in BASE, judged in NEW",
    Change.WORSE: "Values worse than BASE leads to expect",
    Change.MOVED: "Values that moved from what BASE leads to expect",
    Change.BETTER: "Values better than BASE leads to expect",
}


def comparison_text(comparison: Comparison) -> str:
    """Several lines, the result first."""
    lines = [f"{comparison.headline.upper()}: {comparison.why}"]
    lines += [f"  BASE  {run_words(one)}" for one in comparison.base]
    lines += [f"  NEW   {run_words(comparison.new)}"]
    lines += [f"  {name} {change_words(*pair)}" for name, pair in comparison.versions.items()]
    for change in VERDICTS:
        rows = comparison.of(change)
        lines += ["", f"{TITLES[change]}: {len(rows)}"] if rows else []
        for row in rows:
            lines += _verdict(comparison, row)
    for change in VALUES:
        rows = comparison.of(change)
        lines += ["", f"{TITLES[change]}: {len(rows)}{furthest(rows)}"] if rows else []
        lines += [_value(row) for row in rows[:MOST]]
    lines += ["", f"  {counts_line(comparison)}"]
    lines += [
        line
        for note in comparison.notes
        for line in textwrap.wrap(
            f"note: {note}", WIDTH, initial_indent="  ", subsequent_indent="    "
        )
    ]
    return printable("\n".join(lines)) + "\n"


def run_words(results: Results) -> str:
    """A run in a line: its name, what it judged, how it ended."""
    run = results.run
    versions = [
        f"{name} {run.versions[name]}"
        for name in ("livekit-server", "livekit", "livekit-harness")
        if name in run.versions
    ]
    return ", ".join([run.name, *versions, run.headline.lower()])


def change_words(before: str, after: str) -> str:
    """`1.13.5 → 1.14.0`."""
    return f"{before or 'none'} → {after or 'none'}"


def counts_line(comparison: Comparison) -> str:
    """What is not shown one by one."""
    counts = comparison.counts
    parts = [(counts[Change.SAME], "as before")]
    parts += [(counts[Change.UNSTEADY], "PASS and FAIL in BASE already")]
    parts += [(counts[Change.ADDED], "in NEW alone"), (counts[Change.REMOVED], "in BASE alone")]
    return ", ".join(f"{number} {what}" for number, what in parts if number) or "nothing as before"


def verdicts_words(row: Compared) -> str:
    """`PASS → FAIL`; of several runs of BASE each verdict once, and how often.

    Where the limit is another, both: `PASS → FAIL, limit ≤ 300 ms → ≤ 30 ms`.
    """
    said = [one.verdict for one in row.before]
    before = " ".join(
        f"{verdict}" if len(said) == 1 else f"{verdict} × {said.count(verdict)}"
        for verdict in dict.fromkeys(said)
    )
    verdicts = change_words(before, row.after.verdict if row.after else "")
    if row.change is not Change.RELIMITED or row.after is None:
        return verdicts
    return f"{verdicts}, limit {change_words(limit_text(row.before[-1]), limit_text(row.after))}"


def value_words(row: Compared) -> tuple[str, str]:
    """What was expected, and what was measured instead: `12 to 15 (from 3 runs)`, `90 ms`.

    A value that is a FAIL before and after says so: `90 ms, known FAIL`.
    """
    expected = "–"
    if row.expected is not None:
        low, high = row.expected
        unit = row.told.unit or ""
        expected = quantity(high, unit)
        if low != high:
            expected = f"{bare(low, unit)} to {expected}"
        expected += f" (from {row.rests_on} run{'s' * (row.rests_on > 1)})"
    known = "known " if row.told.deviation else ""
    mark = f", {known}FAIL" if row.told.verdict is Verdict.FAIL else ""
    return expected, f"{value_text(row.told)}{mark}"


def cell_words(finding: Finding) -> str:
    """Where it was judged: scenario, and profile unless the name of the scenario says it."""
    profile = finding.cell.profile
    told = profile == CLEAN or f"[{profile}]" in finding.scenario
    return finding.scenario.removeprefix("scenarios/") + ("" if told else f" under {profile}")


def _verdict(comparison: Comparison, row: Compared) -> list[str]:
    told = row.told
    level = comparison.level_of(row.clause)
    mark = "" if comparison.gates(row) or row.change is not Change.REGRESSION else ", does not gate"
    if told.verdict is Verdict.FAIL and told.deviation:
        mark = f", known deviation {told.deviation}"
    head = f"  {row.clause}  {comparison.statement_of(row.clause)}"
    reason = f"{verdicts_words(row)} ({level}{mark}): {told.reason}"
    return [
        *textwrap.wrap(head, WIDTH, subsequent_indent=" " * (4 + len(row.clause))),
        *textwrap.wrap(reason, WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 4),
        f"    {cell_words(told)}",
    ]


def _value(row: Compared) -> str:
    expected, measured = value_words(row)
    return (
        f"  {row.clause:<9} {measured}, expected {expected}, limit {limit_text(row.told)}  "
        f"{cell_words(row.told)}"
    )


def furthest(rows: Sequence[Compared]) -> str:
    """Said behind a number of values of which only some are shown."""
    return f"; the {MOST} furthest, in parts of their limit" if len(rows) > MOST else ""
