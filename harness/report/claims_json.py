"""The table of claims for machines, schema 1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from harness.judging.claims import ClauseOfClaim, JudgedClaim
from harness.judging.deviations import Deviation
from harness.report.model import Report
from harness.report.results import with_all_fields

SCHEMA = 1


def claims_json(
    claims: Sequence[JudgedClaim], report: Report, *, shown: Sequence[JudgedClaim]
) -> str:
    """One object: `summary` counts all claims by verdict, `claims` are those that are shown.

    `clauses` of a claim speak about it, and those with `decides` make its verdict; `besides` are
    those that only inform of it, whatever was found. `state` is how far the run came: `finished`,
    `running` or `cut`.
    """
    deviations = {deviation.id: deviation for deviation in report.deviations}
    document = {
        "schema": SCHEMA,
        "run": report.folder.name,
        "state": report.state.value,
        "versions": report.versions,
        "summary": Counter(claim.verdict.value for claim in claims),
        "claims": [_claim(claim, deviations) for claim in shown],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _claim(judged: JudgedClaim, deviations: Mapping[str, Deviation]) -> dict[str, Any]:
    return {
        "claim": judged.claim.number,
        "statement": judged.claim.statement,
        "pages": [page.label for page in judged.claim.pages],
        "verdict": judged.verdict.value,
        "clauses": [_clause(one, deviations) for one in judged.clauses],
        "besides": [_clause(one, deviations) for one in judged.besides],
    }


def _clause(one: ClauseOfClaim, deviations: Mapping[str, Deviation]) -> dict[str, Any]:
    return {
        "clause": one.clause.id,
        "statement": one.clause.statement,
        "level": one.clause.level.value,
        "decides": one.decides,
        "verdict": one.verdict,
        "findings": [
            msgspec.to_builtins(with_all_fields(finding))
            | {"deviation": _deviation(finding.deviation, deviations)}
            for finding in one.findings
        ],
    }


def _deviation(
    name: str | None, deviations: Mapping[str, Deviation]
) -> dict[str, str | None] | None:
    if name is None:
        return None
    known = deviations.get(name)  # the run's list of them may be damaged
    return {
        "id": name,
        "reason": known.reason if known else None,
        "link": known.link if known else None,
    }
