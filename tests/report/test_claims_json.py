from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from harness.clauses.claims import documentation
from harness.judging.claims import judge_claims
from harness.report.claims_json import claims_json
from harness.report.model import read_report


def test_golden(run: Path, golden: Callable[[str, str], None]) -> None:
    report = read_report(run)
    claims = judge_claims(documentation().claims, report.clauses, report.findings)
    golden("claims.json", claims_json(claims, report, shown=claims[:9]))


def test_a_claim_has_its_clauses_and_their_findings(run: Path) -> None:
    report = read_report(run)
    claims = judge_claims(documentation().claims, report.clauses, report.findings)
    document = json.loads(claims_json(claims, report, shown=claims[2:3]))
    assert (document["schema"], document["state"]) == (1, "finished")
    assert sum(document["summary"].values()) == 71
    (claim,) = document["claims"]
    assert (claim["claim"], claim["verdict"]) == (3, "does not hold")
    (clause,) = claim["clauses"]
    assert (clause["clause"], clause["decides"]) == ("MUTE-003", True)
    assert clause["findings"][0]["deviation"] == {
        "id": "no-publication-mute",
        "reason": "LocalTrackPublication has no mute()",
        "link": "https://example.org/issues/1",
    }
    (besides,) = claim["besides"]
    assert (besides["clause"], besides["decides"], besides["verdict"]) == (
        "MUTE-001",
        False,
        "PASS",
    )


def test_what_is_no_known_deviation_has_none(run: Path) -> None:
    report = read_report(run)
    claims = judge_claims(documentation().claims, report.clauses, report.findings)
    document = json.loads(claims_json(claims, report, shown=claims[:1]))
    assert document["claims"][0]["clauses"][0]["findings"][0]["deviation"] is None
    document = json.loads(claims_json(claims, replace(report, deviations=()), shown=claims[2:3]))
    assert document["claims"][0]["clauses"][0]["findings"][0]["deviation"] == {
        "id": "no-publication-mute",
        "reason": None,
        "link": None,
    }
