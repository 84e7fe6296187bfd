from __future__ import annotations

from harness.evidence.finding import Verdict
from harness.report.proof_text import MOST, WIDTH, proof_lines
from tests.judging.test_proof import BOTH, finding, proof


def test_a_proof_that_holds_is_counts_alone() -> None:
    assert proof_lines(proof(*BOTH, finding("OWN-001", Verdict.PASS, "twice"))) == [
        "  played: 2 sabotages, 1 of them harmless",
        "  left without a verdict by a sabotage: 0 clauses",
    ]


def test_what_was_not_played_is_told() -> None:
    lines = proof_lines(proof(BOTH[0], whole=True, cut=True))
    assert lines[1:3] == ["  not proven able to fail: OWN-003", "  not played: OWN-002"]


def test_what_had_no_scenario_is_told() -> None:
    lines = proof_lines(proof(*BOTH, by_name=True))
    assert lines[1] == "  no scenario of those chosen is played under: loud, dead, twice"


def test_what_is_undecided_can_be_asked_for_again() -> None:
    busy = [
        finding(clause, Verdict.INCONCLUSIVE, name, disturbed=True)
        for clause, name in (("OWN-001", "swallow"), ("OWN-002", "swallow"), ("OWN-001", "loud"))
    ]
    assert proof_lines(proof(*busy))[-2] == (
        "  on a quieter machine, again: --lk-prove=loud,swallow"
    )


def test_what_is_left_to_explain_is_told_and_fits() -> None:
    text = "\n".join(
        proof_lines(
            proof(
                finding("OWN-001", Verdict.PASS),
                *(finding("OWN-003", Verdict.FAIL, scenario=f"s{n}") for n in range(MOST + 2)),
                whole=True,
            )
        )
    )

    assert "    swallow: OWN-003 FAIL, FAIL because (s0)\n" in text
    assert "    and 2 more, see proof.json\n" in text
    assert "  named, and did not FAIL:\n    swallow: OWN-001 PASS, PASS because (one)\n" in text
    assert "  unnoticed: swallow\n" in text
    assert "  not proven able to fail: OWN-001, OWN-002, OWN-003\n" in text
    assert all(len(line) <= WIDTH for line in text.splitlines())
