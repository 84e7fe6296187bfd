from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.clauses.claims import documentation
from harness.clauses.model import CLAIMS, Clause, Level
from harness.evidence.finding import Finding, Verdict
from harness.judging.claims import ClaimVerdict, JudgedClaim, in_numbers, judge_claims
from harness.judging.outcome import outcome

if TYPE_CHECKING:
    from tests.judging.conftest import Make

CLAIM = documentation().claim(2)
# letter → finding about a clause of its own; capital letters: the clause is INFO; - no finding
VERDICTS = {
    "p": Verdict.PASS,
    "f": Verdict.FAIL,
    "u": Verdict.UNSUPPORTED,
    "i": Verdict.INCONCLUSIVE,
    "e": Verdict.ERROR,
}


def judged(make: Make, letters: str) -> JudgedClaim:
    clauses: dict[str, Clause] = {}
    findings: list[Finding] = []
    for number, letter in enumerate(letters, start=1):
        name = f"MUTE-{number:03}"
        level = Level.INFO if letter.isupper() else Level.SHOULD
        clauses[name] = make.clause(name, level=level, claims=(2,))
        if letter != "-":
            findings.append(make.finding(name, VERDICTS[letter.lower()]))
    return judge_claims([CLAIM], clauses, findings)[0]


@pytest.mark.parametrize(
    ("letters", "verdict"),
    [
        ("p", ClaimVerdict.HOLDS),
        ("ppi-e", ClaimVerdict.HOLDS),
        ("pf", ClaimVerdict.PARTLY),
        ("pu", ClaimVerdict.PARTLY),
        ("f", ClaimVerdict.DOES_NOT_HOLD),
        ("fui", ClaimVerdict.DOES_NOT_HOLD),
        ("u", ClaimVerdict.NOT_IN_SDK),
        ("ie-", ClaimVerdict.NOT_JUDGED),
        ("", ClaimVerdict.NOT_JUDGED),
        ("pF", ClaimVerdict.HOLDS),
        ("fP", ClaimVerdict.DOES_NOT_HOLD),
        ("F", ClaimVerdict.DOES_NOT_HOLD),
        ("iF", ClaimVerdict.DOES_NOT_HOLD),
    ],
)
def test_verdict_of_a_claim(make: Make, letters: str, verdict: ClaimVerdict) -> None:
    assert judged(make, letters).verdict is verdict


def test_an_info_clause_is_shown_and_does_not_decide(make: Make) -> None:
    shown = judged(make, "pF").clauses
    assert [(one.verdict, one.decides) for one in shown] == [
        (Verdict.PASS, True),
        (Verdict.FAIL, False),
    ]


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.FAIL])
def test_what_only_informs_of_a_claim_never_decides_it(make: Make, verdict: Verdict) -> None:
    own, other = make.clause(claims=(2,)), make.clause("MUTE-003", claims=(), informs=(2,))
    clauses = {"MUTE-002": own, "MUTE-003": other}
    told = make.finding("MUTE-003", verdict)
    alone = judge_claims([CLAIM], clauses, [told])[0]
    assert (alone.verdict, alone.share) == (ClaimVerdict.NOT_JUDGED, (0, 0))
    beside = judge_claims([CLAIM], clauses, [make.finding(), told])[0]
    assert (beside.verdict, beside.share) == (ClaimVerdict.HOLDS, (1, 1))
    assert [(one.clause, one.verdict, one.decides) for one in beside.besides] == [
        (other, verdict, False)
    ]


def test_a_claim_says_how_many_musts_beside_it_fail(make: Make) -> None:
    told = [
        *[(Level.MUST, Verdict.FAIL)],
        *[(Level.SHOULD, Verdict.FAIL)] * 2,
        *[(Level.MUST, Verdict.PASS)] * 3,
    ]
    clauses = {
        f"MUTE-{n:03}": make.clause(f"MUTE-{n:03}", level=level, claims=(), informs=(2,))
        for n, (level, _) in enumerate(told)
    }
    findings = [
        make.finding(name, verdict) for name, (_, verdict) in zip(clauses, told, strict=True)
    ]
    assert judge_claims([CLAIM], clauses, findings)[0].musts_failing_besides == 1


def test_a_claim_says_how_many_of_its_clauses_hold(make: Make) -> None:
    assert judged(make, "ppfui-F").share == (2, 4)
    assert judged(make, "").share == (0, 0)


def test_a_known_deviation_is_a_fail(make: Make) -> None:
    known = make.finding(verdict=Verdict.FAIL, deviation="known")
    found = judge_claims([CLAIM], {"MUTE-002": make.clause()}, [known])
    assert found[0].verdict is ClaimVerdict.DOES_NOT_HOLD


def test_what_was_said_without_a_check_is_no_judgement(make: Make) -> None:
    untried = replace(make.finding(verdict=Verdict.UNSUPPORTED), tried=False)
    found = judge_claims([CLAIM], {"MUTE-002": make.clause()}, [untried])[0]
    assert found.verdict is ClaimVerdict.NOT_JUDGED
    assert found.clauses[0].verdict is Verdict.UNSUPPORTED


def test_one_scenario_that_fails_a_clause_is_enough(make: Make) -> None:
    findings = [make.finding(), make.finding(verdict=Verdict.FAIL), make.finding()]
    found = judge_claims([CLAIM], {"MUTE-002": make.clause()}, findings)[0]
    assert found.clauses[0].verdict is Verdict.FAIL
    assert found.clauses[0].findings == tuple(findings)


@given(st.lists(st.tuples(st.sampled_from("pfuieE-P"), st.sets(st.integers(1, CLAIMS)))))
def test_as_many_claims_are_judged_as_the_report_says(
    make: Make, drawn: list[tuple[str, set[int]]]
) -> None:
    clauses: dict[str, Clause] = {}
    findings = []
    for number, (letter, claims) in enumerate(drawn):
        name = f"MUTE-{number:03}"
        level = Level.INFO if letter.isupper() else Level.MUST
        clauses[name] = make.clause(name, level=level, claims=tuple(sorted(claims)))
        if letter != "-":
            findings.append(make.finding(name, VERDICTS[letter.lower()]))
    found = judge_claims(documentation().claims, clauses, findings)
    number = sum(claim.verdict is not ClaimVerdict.NOT_JUDGED for claim in found)
    assert number == outcome(findings, clauses).coverage.claims_judged


def test_the_numbers_in_one_line(make: Make) -> None:
    claims = [judged(make, letters) for letters in ("p", "p", "pf", "f", "u", "")]
    assert in_numbers(claims) == (
        "5 of 6 claims judged: 2 hold, 1 holds in part, 1 does not hold, 1 is not in the SDK"
    )
    assert in_numbers([judged(make, "")]) == "0 of 1 claims judged"
