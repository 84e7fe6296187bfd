"""Compared runs in a page of Markdown, for the page of a CI job or a comment."""

from __future__ import annotations

from collections.abc import Sequence

from harness.clauses.model import Level
from harness.evidence.printable import printable
from harness.judging.compare import Compared
from harness.report.comparison import Comparison
from harness.report.comparison_text import (
    MOST,
    TITLES,
    VALUES,
    VERDICTS,
    cell_words,
    change_words,
    counts_line,
    furthest,
    run_words,
    value_words,
    verdicts_words,
)
from harness.report.markdown import cells, code, plain, sentence
from harness.report.words import clipped, limit_text

MOST_ROWS = 50
"""Of a table of verdicts: a CI job page takes 1 MiB."""
LONGEST = 400
"""Of a reason."""


def comparison_markdown(comparison: Comparison) -> str:
    """The result first, then a table of each kind of change; values are folded."""
    lines = [
        f"## LiveKit: {comparison.headline.lower()}",
        "",
        f"**{plain(sentence(comparison.why))}**",
        "",
        *(f"- BASE: {plain(run_words(one))}" for one in comparison.base),
        f"- NEW: {plain(run_words(comparison.new))}",
        *(
            f"- {plain(name)} **{plain(change_words(*pair))}**"
            for name, pair in comparison.versions.items()
        ),
    ]
    for change in VERDICTS:
        if rows := comparison.of(change):
            lines += ["", f"### {TITLES[change]}: {len(rows)}", "", *_verdicts(comparison, rows)]
    for change in VALUES:
        if rows := comparison.of(change):
            summary = f"{TITLES[change]}: {len(rows)}{furthest(rows)}"
            lines += ["", f"<details><summary>{summary}</summary>", "", *_values(rows)]
            lines += ["", "</details>"]
    lines += ["", f"{sentence(counts_line(comparison))}"]
    lines += [f"\n{plain(sentence(note))}" for note in comparison.notes]
    return printable("\n".join(lines)) + "\n"


def _verdicts(comparison: Comparison, rows: Sequence[Compared]) -> list[str]:
    lines = [cells("clause", "what must hold", "before → after"), cells(*["---"] * 3)]
    lines += [_verdict(comparison, row) for row in rows[:MOST_ROWS]]
    if len(rows) > MOST_ROWS:
        lines += ["", f"… and {len(rows) - MOST_ROWS} more."]
    return lines


def _verdict(comparison: Comparison, row: Compared) -> str:
    level = comparison.level_of(row.clause)
    name = f"**{plain(row.clause)}**" + ("" if level is Level.MUST else f" ({level})")
    statement = comparison.statement_of(row.clause)
    known = row.told.deviation
    after = f"{verdicts_words(row)}{f', known deviation {known}' if known else ''}"
    lines = [
        plain(statement),
        plain(clipped(row.told.reason, LONGEST)),
        code(clipped(cell_words(row.told), LONGEST)),
    ]
    return cells(name, "<br>".join(lines), plain(after))


def _values(rows: Sequence[Compared]) -> list[str]:
    lines = [
        cells("clause", "where", "expected", "measured", "limit"),
        cells(*["---"] * 5),
    ]
    for row in rows[:MOST]:
        expected, measured = map(plain, value_words(row))
        where = code(clipped(cell_words(row.told), LONGEST))
        limit = plain(limit_text(row.told))
        lines.append(cells(f"**{plain(row.clause)}**", where, expected, measured, limit))
    return lines
