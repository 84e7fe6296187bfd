"""The table of claims for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from harness.judging.claims import ClaimVerdict, JudgedClaim, in_numbers
from harness.report.claims_table import ClaimRow, Kept, Told, claim_rows, judged_with, ran_as
from harness.report.model import Report
from harness.report.words import clause_name, printable

_INDENT = 20
_MORE = (
    "`livekit-harness clauses show ID` says all of a clause, and how to run it again; what is said",
    "besides a claim does not decide it",
)


def claims_text(
    claims: Sequence[JudgedClaim], report: Report, *, shown: Sequence[JudgedClaim], width: int = 100
) -> str:
    """The numbers of all claims, then each that is to be shown with what really happens."""
    lines = [in_numbers(claims), ran_as(report), judged_with(report), *_MORE]
    for row in claim_rows(shown, report):
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
    """In words where only a part holds; else the figures are enough."""
    if row.verdict is ClaimVerdict.PARTLY:
        return [_wrapped(f"PASS: {_statement(kept)}", width) for kept in row.kept]
    kept = ", ".join(f"{clause_name(kept.clause)} {kept.measured}" for kept in row.kept)
    return [_wrapped(f"holds: {kept}", width)] if kept else []


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
