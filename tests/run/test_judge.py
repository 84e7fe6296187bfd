from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from harness.evidence.finding import Verdict
from harness.evidence.measurement import Measurement
from harness.run.judge import Judge, MisusedJudge, error_result
from harness.verifiers.combine import fact

if TYPE_CHECKING:
    from tests.run.conftest import Make


def test_questions_are_answered_in_the_order_of_declaration(make: Make) -> None:
    judge = Judge([make.clause("A-001"), make.clause("A-002")])
    judge("A-002", fact, False, "the second")
    judge("A-001", fact, True, "the first")
    first, second = judge.answer()

    assert (first.clause, first.verdict) == ("A-001", Verdict.PASS)
    assert (second.clause, second.verdict) == ("A-002", Verdict.FAIL)
    assert second.measurement == fact(False, "the second")


def test_no_evidence_is_looked_at_before_the_answers_are_asked_for(make: Make) -> None:
    looked: list[str] = []

    def verifier(what: str, *, why: str) -> Measurement:
        looked.append(f"{what} {why}")
        return fact(True, why)

    judge = Judge([make.clause("A-001")])
    judge("A-001", verifier, "bob", why="hears")
    assert looked == []
    judge.answer()

    assert looked == ["bob hears"]


def test_what_time_was_asked_about_is_kept_with_the_answer(make: Make) -> None:
    def verifier(*, since_ns: int, until_ns: int, why: str = "x") -> Measurement:
        return fact(until_ns > since_ns, why)

    judge = Judge([make.clause("A-001"), make.clause("A-002"), make.clause("A-003")])
    judge("A-001", verifier, since_ns=5, until_ns=9)
    judge("A-002", partial(verifier, since_ns=6, until_ns=7), why="y")
    judge("A-003", fact, True, "no time")

    assert [answer.window for answer in judge.answer()] == [(5, 9), (6, 7), None]


def test_an_undeclared_clause_is_refused(make: Make) -> None:
    with pytest.raises(MisusedJudge, match=r"A-009 is judged but not declared: add it to @clause"):
        Judge([make.clause("A-001")])("A-009", fact, True, "x")


def test_a_clause_is_judged_once(make: Make) -> None:
    judge = Judge([make.clause("A-001")])
    judge("A-001", fact, True, "x")

    with pytest.raises(MisusedJudge, match="A-001 is judged twice"):
        judge("A-001", fact, True, "x")


def test_a_clause_that_was_never_judged_is_an_error(make: Make) -> None:
    [result] = Judge([make.clause("A-001")]).answer()

    assert result == error_result(
        make.clause("A-001"), "the scenario declares this clause but never judged it"
    )
    assert result.verdict is Verdict.ERROR


def test_a_verifier_that_breaks_is_the_error_of_its_clause_alone(make: Make) -> None:
    def broken() -> Measurement:
        raise ZeroDivisionError("no packets")

    judge = Judge([make.clause("A-001"), make.clause("A-002")])
    judge("A-001", broken)
    judge("A-002", fact, True, "x")
    first, second = judge.answer()

    assert first.verdict is Verdict.ERROR
    assert first.reason == "the verifier broke: ZeroDivisionError: no packets"
    assert second.verdict is Verdict.PASS
