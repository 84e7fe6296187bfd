from __future__ import annotations

import json

from harness.evidence.finding import Verdict
from harness.report.proof_json import proof_json
from tests.judging.test_proof import BOTH, finding, proof


def test_numbers_and_lists_and_what_kills_each_clause() -> None:
    made = proof(
        *BOTH,
        finding("OWN-001", Verdict.FAIL, scenario="two"),
        finding("OWN-001", Verdict.PASS, "loud"),
        finding("OWN-003", Verdict.FAIL, "twice"),
        finding("OWN-002", Verdict.ERROR, "twice"),
        deviations={"OWN-003": "known"},
    )
    document = json.loads(proof_json(made))

    assert {key: document[key] for key in ("clauses", "killed", "sabotages", "unproven")} == {
        "clauses": 3, "killed": 3, "sabotages": 3, "unproven": [],
    }  # fmt: skip
    assert (document["cut"], document["not_played"]) == (False, [])
    assert document["unnoticed"] == ["loud"]
    assert [one["clause"] for one in document["missed"]] == ["OWN-001"]
    assert document["undecided"] == []
    assert [one["sabotage"] for one in document["unexpected"]] == ["twice"]
    assert [one["verdict"] for one in document["starved"]] == ["ERROR"]
    assert (document["whole"], document["holds"]) == (False, False)
    assert document["by_clause"] == {
        "OWN-001": {"sabotages": {"swallow": ["one", "two"]}},
        "OWN-002": {"sabotages": {"swallow": ["one"]}},
        "OWN-003": {"deviation": "known"},
    }
