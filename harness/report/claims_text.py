"""The table of claims for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from harness.judging.claims import JudgedClaim, in_numbers
from harness.report.claims_table import ClaimRow, Told, claim_rows, ran_as
from harness.report.model import Report
from harness.report.words import clause_name, printable

_INDENT = 20


def claims_text(
    claims: Sequence[JudgedClaim], report: Report, *, shown: Sequence[JudgedClaim], width: int = 100
) -> str:
    """The numbers of all claims, then each that is to be shown with what really happens."""
    lines = [in_numbers(claims), ran_as(report)]
    for row in claim_rows(shown, report):
        lines += ["", *_row(row, width)]
    return printable("\n".join(lines)) + "\n"


def _row(row: ClaimRow, width: int) -> list[str]:
    pages = ", ".join(page.label for page in row.claim.pages)
    share = f"; {row.share}" if row.share else ""
    lines = [
        _wrapped(f"{row.claim.number:>3}  {row.verdict:<14} {row.claim.statement}", width, first=0),
        _wrapped(f"on {pages}{share}", width),
    ]
    for told in row.told:
        lines += _told(told, width)
    if row.kept:
        kept = ", ".join(f"{clause_name(kept.clause)} {kept.measured}" for kept in row.kept)
        lines.append(_wrapped(f"holds: {kept}", width))
    if row.silent:
        lines.append(_wrapped(f"not in this run: {', '.join(row.silent)}", width))
    if not (row.told or row.kept or row.silent):
        lines.append(_wrapped("no clause decides it", width))
    return lines


def _told(told: Told, width: int) -> list[str]:
    lines = [
        f"{told.verdict}: {clause_name(told.clause)} {told.clause.statement}",
        f"  {told.reason}",
    ]
    if told.deviation:
        lines.append(f"  known as {told.deviation.id}: {told.deviation.reason}")
        lines.append(f"  {told.deviation.link}")
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
