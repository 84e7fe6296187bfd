"""The table of claims as Markdown, page by page, to be pasted into an issue."""

from __future__ import annotations

import os.path
import shlex
from collections.abc import Iterable, Mapping, Sequence

from harness.clauses.claims import Page
from harness.clauses.model import Clause
from harness.evidence.finding import Finding
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
from harness.report.markdown import cells, code, linked, plain, sentence
from harness.report.model import Report
from harness.report.words import NOTHING, clause_name

_BESIDES = (
    "A claim rests on the clauses that decide it. What is said besides, and what does hold where a "
    "claim does not, is for its readers to know."
)


def claims_markdown(
    claims: Sequence[JudgedClaim],
    report: Report,
    *,
    shown: Sequence[JudgedClaim],
    pages: Iterable[Page],
) -> str:
    """The numbers of all claims, then a table for each page with the claims that are shown.

    A claim that stands on several of `pages` is told on the first of them.
    """
    lines = [
        "# What the LiveKit documentation says, and what happens",
        "",
        f"**{in_numbers(claims)}.**",
        "",
        f"{sentence(plain(ran_as(report)))} {sentence(plain(judged_with(report)))}",
        "",
        _BESIDES,
    ]
    if more := how_to_judge_more(claim_rows(shown, report)):
        lines += ["", sentence(plain(more))]
    told: dict[int, Page] = {}
    for page in pages:
        on_page = [one for one in shown if page in one.claim.pages]
        if on_page:
            numbers = in_numbers([one for one in claims if page in one.claim.pages])
            lines += ["", f"## {linked(page.title, page.address or '')}", "", f"{numbers}."]
        lines += _told_before(on_page, told)
        here = [one for one in on_page if one.claim.number not in told]
        lines += _table(here, report) + _scenarios(here)
        told |= {one.claim.number: page for one in here}
    return printable("\n".join(lines)) + "\n"


def _told_before(claims: Sequence[JudgedClaim], told: Mapping[int, Page]) -> list[str]:
    """The claims of a page that another one had already, a paragraph for each of those pages."""
    there: dict[Page, list[str]] = {}
    for one in claims:
        page = told.get(one.claim.number)
        if page is not None:
            there.setdefault(page, []).append(f"{one.claim.number} ({one.verdict})")
    return [
        line
        for page, numbers in there.items()
        for line in ("", f"Told under {plain(page.title)}: {', '.join(numbers)}.")
    ]


def _table(claims: Sequence[JudgedClaim], report: Report) -> list[str]:
    if not claims:
        return []
    head = ["", "| | the page says | verdict | what happens |", "|---|---|---|---|"]
    return head + [_claim(row) for row in claim_rows(claims, report)]


def _claim(row: ClaimRow) -> str:
    verdict = f"{row.verdict}; {row.but}" if row.but else str(row.verdict)
    if row.verdict not in {ClaimVerdict.HOLDS, ClaimVerdict.NOT_JUDGED}:
        verdict = f"**{verdict}**" + (f"<br>{row.share}" if row.share else "")
    happens = [_told(told) for told in row.told]
    happens += [_kept("PASS", kept) for kept in row.kept]
    happens += [_kept("What does hold", kept) for kept in row.instead]
    happens += [f"Besides, {_told(told)}" for told in row.besides]
    if row.silent:
        happens.append(f"not in this run: {plain(', '.join(row.silent))}")
    return cells(
        str(row.claim.number), plain(row.claim.statement), verdict, "<br>".join(happens) or NOTHING
    )


def _kept(mark: str, kept: Kept) -> str:
    text = f"{_clause(kept.clause)} {plain(kept.clause.statement)} {plain(kept.measured)}"
    return f"{mark}: {text}"


def _told(told: Told) -> str:
    text = f"{plain(told.verdict)}: {_clause(told.clause)} {plain(told.clause.statement)}"
    if told.deviation:
        known = linked(told.deviation.id, told.deviation.link)
        text += f" {plain(sentence(told.known))} ({known})"
    text += f" {plain(sentence(told.reason))}"
    if told.notes:
        text += f" Seen: {plain('; '.join(told.notes))}"
    return text


def _scenarios(claims: Sequence[JudgedClaim]) -> list[str]:
    """How to run each scenario again, and where its evidence lies in the run folder; folded."""
    judged: dict[str, list[Finding]] = {}
    for finding in (
        f for claim in claims for one in (*claim.clauses, *claim.besides) for f in one.findings
    ):
        judged.setdefault(finding.scenario, []).append(finding)
    if not judged:
        return []
    lines = ["", "<details><summary>How it was judged</summary>", ""]
    for scenario, findings in sorted(judged.items()):
        clauses = ", ".join(sorted({finding.clause for finding in findings}))
        files = [f for finding in findings for f in finding.evidence if not f.startswith("/")]
        where = f"; evidence in {code(os.path.commonpath(files))}" if files else ""
        lines.append(f"- {code(shlex.join(['pytest', scenario]))}: {plain(clauses)}{where}")
    return [*lines, "", "</details>"]


def _clause(clause: Clause) -> str:
    return f"**{plain(clause_name(clause))}**"
