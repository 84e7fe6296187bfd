from __future__ import annotations

import pytest

from harness.evidence.measurement import Measurement
from harness.verifiers.answer import NoEvidenceError, in_unit


@in_unit("ms")
def verifier(value: float) -> Measurement:
    """Says a value, or that there is none below 0."""
    if value < 0:
        raise NoEvidenceError("nothing was heard")
    return Measurement(value=1 / value, unit="ms")


def test_missing_evidence_is_an_answer() -> None:
    answer = verifier(-1)
    assert (answer.value, answer.unit, answer.missing) == (None, "ms", "nothing was heard")
    assert verifier(2).value == 0.5


def test_any_other_error_is_an_error() -> None:
    with pytest.raises(ZeroDivisionError):
        verifier(0)


def test_verifier_keeps_its_name() -> None:
    assert verifier.__name__ == "verifier"
