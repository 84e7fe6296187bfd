"""The table of claims for machines, schema 1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from harness.judging.claims import ClauseOfClaim, JudgedClaim
from harness.report.model import Report
from harness.report.results import finding_row

SCHEMA = 1


def claims_json(
    claims: Sequence[JudgedClaim], report: Report, *, shown: Sequence[JudgedClaim]
) -> str:
    """One object: `summary` counts all claims by verdict, `claims` are those that are shown.

    `clauses` of a claim speak about it, and those with `decides` make its verdict; `besides` are
    those that only inform of it, whatever was found.
    """
    document = {
        "schema": SCHEMA,
        "run": report.folder.name,
        "versions": report.versions,
        "summary": Counter(claim.verdict.value for claim in claims),
        "claims": [_claim(claim) for claim in shown],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _claim(judged: JudgedClaim) -> dict[str, Any]:
    return {
        "claim": judged.claim.number,
        "statement": judged.claim.statement,
        "pages": [page.label for page in judged.claim.pages],
        "verdict": judged.verdict.value,
        "clauses": [_clause(one) for one in judged.clauses],
        "besides": [_clause(one) for one in judged.besides],
    }


def _clause(one: ClauseOfClaim) -> dict[str, Any]:
    return {
        "clause": one.clause.id,
        "statement": one.clause.statement,
        "level": one.clause.level.value,
        "decides": one.decides,
        "verdict": one.verdict,
        "findings": [finding_row(finding) for finding in one.findings],
    }
