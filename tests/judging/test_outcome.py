from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness.clauses.model import Level
from harness.evidence.finding import Cell, Verdict
from harness.evidence.run_event import CanaryDone
from harness.judging.gate import parse_gate
from harness.judging.outcome import ExitCode, is_failure, outcome, proof_outcome, with_canary
from harness.judging.proof import Declared, prove

if TYPE_CHECKING:
    from tests.judging.conftest import Make

# letter → finding: p PASS, f FAIL, d listed FAIL, x unexpected PASS, e ERROR, i INCONCLUSIVE of a
# MUST, j INCONCLUSIVE of a SHOULD, u UNSUPPORTED, n FAIL of an INFO clause
VERDICTS = {
    "p": Verdict.PASS,
    "x": Verdict.PASS,
    "f": Verdict.FAIL,
    "d": Verdict.FAIL,
    "n": Verdict.FAIL,
    "e": Verdict.ERROR,
    "u": Verdict.UNSUPPORTED,
    "i": Verdict.INCONCLUSIVE,
    "j": Verdict.INCONCLUSIVE,
}
LEVELS = {"j": Level.SHOULD, "n": Level.INFO}


@pytest.mark.parametrize(
    ("letters", "code"),
    [
        ("p", ExitCode.CONFORMANT),
        ("pd", ExitCode.CONFORMANT),
        ("u", ExitCode.CONFORMANT),
        ("pj", ExitCode.CONFORMANT),
        ("pn", ExitCode.CONFORMANT),
        ("pfei", ExitCode.FAILED),
        ("px", ExitCode.FAILED),
        ("pei", ExitCode.ERROR),
        ("de", ExitCode.ERROR),
        ("pi", ExitCode.INCONCLUSIVE),
        ("i", ExitCode.INCONCLUSIVE),
        ("j", ExitCode.NOTHING_JUDGED),
        ("", ExitCode.NOTHING_JUDGED),
    ],
)
def test_exit_code(make: Make, letters: str, code: ExitCode) -> None:
    clauses = {
        f"A-{number:03}": make.clause(f"A-{number:03}", level=LEVELS.get(letter, Level.MUST))
        for number, letter in enumerate(letters)
    }
    findings = [
        make.finding(
            clause_id,
            VERDICTS[letter],
            deviation="d" if letter in "dx" else None,
        )
        for clause_id, letter in zip(clauses, letters, strict=True)
    ]
    found = outcome(findings, clauses)
    assert found.exit_code is code
    assert found.why
    assert sum(found.summary.values()) == len(letters)


@pytest.mark.parametrize(
    ("gate", "code", "spared"),
    [
        ("", ExitCode.FAILED, 0),
        ("MUST", ExitCode.ERROR, 1),
        ("MUST,-C", ExitCode.INCONCLUSIVE, 2),
        ("MUST,-C-001,-D", ExitCode.CONFORMANT, 3),
        ("B", ExitCode.FAILED, 2),
        ("D", ExitCode.INCONCLUSIVE, 2),
        ("A", ExitCode.CONFORMANT, 3),
        ("SHOULD:A", ExitCode.NOTHING_JUDGED, 3),
        ("E", ExitCode.NOTHING_JUDGED, 3),
    ],
)
def test_a_gate_decides_what_counts(make: Make, gate: str, code: ExitCode, spared: int) -> None:
    findings = [
        make.finding("A-001", Verdict.PASS),
        make.finding("B-001", Verdict.FAIL),
        make.finding("C-001", Verdict.ERROR),
        make.finding("D-001", Verdict.INCONCLUSIVE),
    ]
    clauses = {
        one.clause: make.clause(
            one.clause, level=Level.SHOULD if one.clause == "B-001" else Level.MUST
        )
        for one in findings
    }
    found = outcome(findings, clauses, parse_gate(gate))

    assert (found.exit_code, found.spared) == (code, spared)
    assert sum(found.summary.values()) == 4


def test_what_a_gate_leaves_out_is_counted_in_words(make: Make) -> None:
    findings = [make.finding("A-001"), make.finding("B-001", Verdict.FAIL)]

    def why(gate: str, number: int) -> str:
        return outcome(findings[:number], {}, parse_gate(gate)).why

    left_out = "; left out by the gate A, and failed or open: 1"
    assert why("A", 2) == f"all that gates holds or is a known deviation{left_out}"
    assert why("A", 1) == "all that was judged holds or is a known deviation; decided by the gate A"
    assert why("A", 0) == "nothing that gates was judged; decided by the gate A"
    assert why("B", 2) == "1 FAIL; decided by the gate B"
    assert why("", 2) == "1 FAIL"


def test_a_shell_can_tell_outcomes_apart_from_each_other_and_from_those_of_pytest() -> None:
    assert {code.name: code.value for code in ExitCode} == {
        "CONFORMANT": 0,
        "FAILED": 1,
        "ERROR": 10,
        "INCONCLUSIVE": 11,
        "NOTHING_JUDGED": 12,
    }


@pytest.mark.parametrize(
    ("verdict", "disturbed", "code"),
    [
        (Verdict.FAIL, True, ExitCode.CONFORMANT),
        (Verdict.PASS, True, ExitCode.FAILED),
        (Verdict.INCONCLUSIVE, True, ExitCode.INCONCLUSIVE),
        (Verdict.INCONCLUSIVE, False, ExitCode.FAILED),
    ],
)
def test_a_run_that_proves_ends_well_when_what_is_named_fails(
    make: Make, verdict: Verdict, disturbed: bool, code: ExitCode
) -> None:
    breaks = Declared(name="mute", kind="signalling", breaks="x", kills=("A-001",))
    findings = [
        replace(
            make.finding("A-001", verdict),
            cell=Cell(server="1", sdk={"a": "python 1"}, sabotage="mute"),
            disturbed=disturbed,
        )
    ]
    proof = prove(
        findings,
        [breaks],
        clauses=["A-001"],
        whole=True,
        cut=False,
        planned=1,
    )
    made = proof_outcome(proof, findings, {})

    assert made.exit_code is code
    assert made.why == proof.why


def test_a_run_that_proves_nothing_says_so() -> None:
    proof = prove([], [], clauses=[], whole=False, cut=False, planned=0)

    assert proof_outcome(proof, [], {}).exit_code is ExitCode.NOTHING_JUDGED


def test_coverage_counts_what_was_judged(make: Make) -> None:
    clauses = {
        clause.id: clause
        for clause in (
            make.clause("A-001", claims=(1, 2)),
            make.clause("A-002", claims=(2, 3)),
            make.clause("A-003", claims=(4,)),
            make.clause("A-004", claims=(5,)),
            make.clause("A-005", claims=(6,)),
        )
    }
    findings = [
        make.finding("A-001", Verdict.PASS),
        make.finding("A-001", Verdict.INCONCLUSIVE),
        make.finding("A-002", Verdict.UNSUPPORTED),
        make.finding("A-003", Verdict.INCONCLUSIVE),
        make.finding("A-004", Verdict.ERROR),
        make.finding("A-002", Verdict.FAIL, deviation="d"),
    ]
    coverage = outcome(findings, clauses).coverage
    assert (coverage.clauses, coverage.judged) == (5, 2)
    assert (coverage.claims, coverage.claims_judged) == (71, 3)
    assert coverage.deviations == 1


def test_the_sentence_counts_surprises_apart(make: Make) -> None:
    findings = [make.finding("A-001", Verdict.FAIL), make.finding("A-002", deviation="d")]
    assert outcome(findings, {}).why == "1 FAIL and 1 unexpected PASS"


def test_a_clause_that_nobody_knows_is_taken_seriously(make: Make) -> None:
    assert is_failure(make.finding(verdict=Verdict.FAIL), {})
    assert outcome([make.finding(verdict=Verdict.INCONCLUSIVE)], {}).exit_code == 11


def test_what_was_called_unsupported_without_a_check_is_not_judged(make: Make) -> None:
    clauses = {"A-001": make.clause("A-001")}
    assumed = replace(make.finding("A-001", Verdict.UNSUPPORTED), tried=False)
    result = outcome([assumed], clauses)

    assert result.exit_code is ExitCode.NOTHING_JUDGED
    assert result.coverage.judged == 0


@pytest.mark.parametrize(
    ("letters", "canary", "code"),
    [
        ("p", Verdict.FAIL, ExitCode.CONFORMANT),
        ("p", Verdict.PASS, ExitCode.ERROR),
        ("pi", Verdict.PASS, ExitCode.ERROR),
        ("pf", Verdict.PASS, ExitCode.FAILED),
        ("p", Verdict.INCONCLUSIVE, ExitCode.INCONCLUSIVE),
        ("p", Verdict.ERROR, ExitCode.INCONCLUSIVE),
        ("pe", Verdict.INCONCLUSIVE, ExitCode.ERROR),
        ("p", None, ExitCode.INCONCLUSIVE),
    ],
)
def test_a_canary_that_nobody_notices_voids_what_else_would_hold(
    make: Make, letters: str, canary: Verdict | None, code: ExitCode
) -> None:
    findings = [make.finding(verdict=VERDICTS[letter]) for letter in letters]
    done = canary and CanaryDone(
        at_ns=1, sabotage="mute", clause="A-001", scenario="a", verdict=canary, reason="x"
    )
    judged = with_canary(outcome(findings, {}), done or None)

    assert judged.exit_code is code
    assert ("canary" in judged.why) == (canary is not Verdict.FAIL)
