"""One clause for a terminal: what the catalogue says, and what stored runs found."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from harness.clauses.claims import Documentation
from harness.clauses.model import Clause
from harness.evidence.finding import Finding
from harness.evidence.floors import FLOORS
from harness.evidence.printable import printable
from harness.judging.flips import Series, count_flips
from harness.judging.wording import expected
from harness.report.flips_text import count_text, setting_text, verdicts_text
from harness.report.model import Report
from harness.report.reproduce import reproduce
from harness.report.words import floor_words

_NAME = 10
_INDENT = " " * (_NAME + 2)
UNIT_WORDS = {"ratio": "share, told in percent", "bool": "yes or no"}
_WHOLE = {"link", "file", "again"}
"""Rows to be copied: they stay on one line."""


def clause_text(clause: Clause, documentation: Documentation, *, width: int = 100) -> str:
    """All that the catalogue says, with the text of the claims."""
    rows = [
        ("level", str(clause.level)),
        ("measures", f"{clause.measures} ({UNIT_WORDS.get(clause.unit, clause.unit)})"),
        ("limit", expected(clause.limit, clause.unit)),
        *(
            (f"{profile}", f"{expected(limit, clause.unit)} under this profile")
            for profile, limit in clause.limits_under.items()
        ),
        ("why this", clause.limit_source),
        *((("beside", FLOORS[clause.floor]),) if clause.floor else ()),
        ("evidence", ", ".join(clause.evidence)),
        ("source", clause.source),
    ]
    rows += [(f"claim {number}", _claim(number, documentation)) for number in clause.claims]
    rows += [
        (f"about {number}", f"{_claim(number, documentation)}, which it does not decide")
        for number in clause.informs
    ]
    head = textwrap.fill(f"{clause.id}  {clause.statement}", width, subsequent_indent=_INDENT)
    return "\n".join([head, *_lines(rows, width)]) + "\n"


def history_text(
    clause: str, last: Report | None, series: Sequence[Series], *, width: int = 100
) -> str:
    """What the last run about a clause found, and how often its verdict flipped before.

    Args:
        clause: Its id.
        last: The newest stored run with a finding about it.
        series: Verdicts of all stored runs; those of other clauses are passed over.
        width: Of a line.
    """
    rows = [("last run", last.folder.name if last else "none that is stored judged it")]
    for finding in last.findings if last else ():
        if last and finding.clause == clause:
            rows += _finding(finding, last)
    own = [one for one in series if one.clause == clause]
    several = len({one.scenario for one in own}) > 1
    for one in own:
        text = f"{setting_text(one.setting)}: {verdicts_text(one.said)}; "
        text += count_text(count_flips([one]))
        rows.append(("all runs", f"{text} ({one.scenario})" if several else text))
    return printable("\n".join(_lines(rows, width))) + "\n"


def _claim(number: int, documentation: Documentation) -> str:
    claim = documentation.claim(number)
    return f"{claim.statement} ({', '.join(page.label for page in claim.pages)})"


def _finding(finding: Finding, report: Report) -> list[tuple[str, str]]:
    rows = [
        ("scenario", finding.scenario),
        ("verdict", f"{finding.verdict}: {finding.reason}"),
    ]
    if finding.floor is not None:
        rows.append(("beside", floor_words(finding)))
    deviation = next((d for d in report.deviations if d.id == finding.deviation), None)
    if deviation:
        rows.append(("known as", f"{deviation.named}: {deviation.reason}"))
        rows.append(("link", deviation.link))
    rows += [("seen", note) for note in finding.notes]
    rows += [("tried", remark) for remark in finding.remarks]
    rows += [("file", str(report.folder / file)) for file in finding.evidence]
    return [*rows, ("again", reproduce(finding, report.started))]


def _lines(rows: Sequence[tuple[str, str]], width: int) -> list[str]:
    lines = []
    for name, text in rows:
        line = f"  {name:<{_NAME - 1}} {text}"
        whole = name in _WHOLE
        lines.append(line if whole else textwrap.fill(line, width, subsequent_indent=_INDENT))
    return lines
