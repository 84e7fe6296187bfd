"""The table of claims for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from harness.evidence.printable import printable
from harness.judging.claims import ClaimVerdict, JudgedClaim, in_numbers
from harness.report.claims_table import (
    ClaimRow,
    Kept,
    Told,
    claim_rows,
    how_to_judge_more,
    judged_with,
    ran_as,
)
from harness.report.model import Report
from harness.report.words import clause_name, clipped

_INDENT = 20
_SHORT = 12
"""Characters of a clause that are shown however little room there is."""
_MORE = (
    "`livekit-harness clauses show ID` says all of a clause, and how to run it again; what is said",
    "besides a claim does not decide it",
)


def claims_text(
    claims: Sequence[JudgedClaim], report: Report, *, shown: Sequence[JudgedClaim], width: int = 100
) -> str:
    """The numbers of all claims, then each that is to be shown with what really happens."""
    rows = claim_rows(shown, report)
    lines = [in_numbers(claims), ran_as(report), judged_with(report), *_MORE]
    if more := how_to_judge_more(rows):
        lines.append(more)
    for row in rows:
        lines += ["", *_row(row, width)]
    return printable("\n".join(lines)) + "\n"


def _row(row: ClaimRow, width: int) -> list[str]:
    pages = ", ".join(page.label for page in row.claim.pages)
    share = f"; {row.share}" if row.share else ""
    verdict = f"{row.verdict}; {row.but} " if row.but else row.verdict
    lines = [
        _wrapped(f"{row.claim.number:>3}  {verdict:<14} {row.claim.statement}", width, first=0),
        _wrapped(f"on {pages}{share}", width),
    ]
    for told in row.told:
        lines += _told(told, width)
    lines += _kept(row, width)
    if row.instead:
        lines.append(_wrapped("what does hold:", width))
    lines += [_wrapped(f"  {_statement(kept)}", width) for kept in row.instead]
    for told in row.besides:
        lines += _told(told, width, mark="besides, ")
    if row.silent:
        lines.append(_wrapped(f"not in this run: {', '.join(row.silent)}", width))
    if not (row.told or row.kept or row.silent):
        lines.append(_wrapped("no clause decides it", width))
    return lines


def _kept(row: ClaimRow, width: int) -> list[str]:
    """In whole where only a part holds; else a line each is enough."""
    if row.verdict is ClaimVerdict.PARTLY:
        return [_wrapped(f"PASS: {_statement(kept)}", width) for kept in row.kept]
    return [_line(kept, width) for kept in row.kept]


def _line(kept: Kept, width: int) -> str:
    start = f"{' ' * _INDENT}holds: {clause_name(kept.clause)} "
    room = width - len(start) - len(f" {kept.measured}")
    return f"{start}{clipped(kept.clause.statement, max(room, _SHORT))} {kept.measured}"


def _statement(kept: Kept) -> str:
    return f"{clause_name(kept.clause)} {kept.clause.statement} {kept.measured}"


def _told(told: Told, width: int, *, mark: str = "") -> list[str]:
    lines = [f"{mark}{told.verdict}: {clause_name(told.clause)} {told.clause.statement}"]
    if told.deviation:
        lines.append(f"  {told.known} (known as {told.deviation.id})")
        lines.append(f"  {told.deviation.link}")
    lines.append(f"  {told.reason}")
    lines += [f"  seen: {note}" for note in told.notes]
    return [_wrapped(line, width) for line in lines]


def _wrapped(text: str, width: int, *, first: int = _INDENT) -> str:
    """Lines of at most `width` characters, an address in one piece."""
    inner = len(text) - len(text.lstrip()) if first else 0
    return textwrap.fill(
        text.strip() if first else text,
        width,
        initial_indent=" " * (first + inner),
        subsequent_indent=" " * (_INDENT + inner),
        break_long_words=False,
        break_on_hyphens=False,
    )
