from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from harness.evidence.finding import Verdict
from harness.report.model import read_report
from harness.report.proof_json import proof_json
from tests.judging.test_proof import BOTH, by_itself, finding, proof
from tests.report.proofs import write_proof


def test_golden(tmp_path: Path, golden: Callable[[str, bytes], None]) -> None:
    proven = read_report(write_proof(tmp_path / "proof")).proof
    assert proven is not None
    golden("proof.json", proof_json(proven))


def test_numbers_and_lists_and_what_kills_each_clause() -> None:
    made = proof(
        *BOTH,
        finding("OWN-001", Verdict.FAIL, scenario="two"),
        finding("OWN-001", Verdict.PASS, "loud"),
        finding("OWN-003", Verdict.FAIL, "twice"),
        finding("OWN-002", Verdict.ERROR, "loud"),
        by_itself(Verdict.FAIL),
        controlled=True,
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
