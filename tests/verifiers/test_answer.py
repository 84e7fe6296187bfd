from __future__ import annotations

from pathlib import Path

import pytest

from harness.evidence.ledger import Ledger
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


@in_unit("packets")
def reader(folder: Path) -> Measurement:
    """Counts the packets of a ledger."""
    packets = Ledger(folder).packets(participant="bob", direction="down")
    return Measurement(value=len(packets), unit="packets")


def test_a_ledger_that_cannot_be_read_is_missing_evidence(tmp_path: Path) -> None:
    answer = reader(tmp_path)
    assert answer.value is None
    assert "holds no ledger" in str(answer.missing)


def test_any_other_error_is_an_error() -> None:
    with pytest.raises(ZeroDivisionError):
        verifier(0)


def test_verifier_keeps_its_name() -> None:
    assert verifier.__name__ == "verifier"
