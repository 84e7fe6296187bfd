from __future__ import annotations

import pytest

from harness.judging.outcome import ExitCode, outcome
from harness.run.exit_code import exit_code, why_ended

each_judgement = pytest.mark.parametrize("judged", list(ExitCode))


@each_judgement
@pytest.mark.parametrize("others_failed", [True, False])
@pytest.mark.parametrize("pytest_code", [2, 3, 4, 5])
def test_pytest_s_own_keep_their_meaning(
    pytest_code: int, judged: ExitCode, others_failed: bool
) -> None:
    assert exit_code(pytest_code, judged, others_failed=others_failed) == pytest_code


@each_judgement
@pytest.mark.parametrize("pytest_code", [0, 1])
def test_findings_decide_where_nothing_else_failed(pytest_code: int, judged: ExitCode) -> None:
    assert exit_code(pytest_code, judged, others_failed=False) == judged


@each_judgement
def test_a_failure_that_no_finding_explains_is_1(judged: ExitCode) -> None:
    assert exit_code(1, judged, others_failed=True) == 1


def test_why_it_ended_is_what_decided() -> None:
    judged = outcome([], {})

    assert why_ended(judged.exit_code, judged) == judged.why
    assert why_ended(1, judged) == "another test failed"
    assert why_ended(ExitCode.INCONCLUSIVE, judged) == "the record is not whole"
    assert why_ended(5, judged) == "see pytest"
