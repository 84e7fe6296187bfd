from __future__ import annotations

import pytest

from harness.clauses.model import Level
from harness.judging.gate import DEFAULT, GATE, GateError, parse_gate

LEVELS = {
    "MUTE-001": Level.MUST,
    "MUTE-002": Level.SHOULD,
    "MUTE-003": Level.INFO,
    "LAT-001": Level.MUST,
    "LAT-002": Level.MAY,
}


@pytest.mark.parametrize(
    ("text", "fails", "needs"),
    [
        ("", "MUTE-001 MUTE-002 LAT-001 LAT-002", "MUTE-001 MUTE-002 MUTE-003 LAT-001 LAT-002"),
        ("MUST", "MUTE-001 LAT-001", "MUTE-001 MUTE-002 MUTE-003 LAT-001 LAT-002"),
        ("must, may", "MUTE-001 LAT-001 LAT-002", "MUTE-001 MUTE-002 MUTE-003 LAT-001 LAT-002"),
        ("MUTE", "MUTE-001 MUTE-002", "MUTE-001 MUTE-002 MUTE-003"),
        ("MUST:MUTE", "MUTE-001", "MUTE-001 MUTE-002 MUTE-003"),
        ("LAT-002", "LAT-002", "LAT-002"),
        ("MUST,MUTE-002", "MUTE-001 MUTE-002 LAT-001", " ".join(LEVELS)),
        ("-LAT", "MUTE-001 MUTE-002", "MUTE-001 MUTE-002 MUTE-003"),
        ("MUST,-LAT-001", "MUTE-001", "MUTE-001 MUTE-002 MUTE-003 LAT-002"),
        ("-SHOULD", "MUTE-001 LAT-001 LAT-002", " ".join(LEVELS)),
        ("-MAY:LAT", "MUTE-001 MUTE-002 LAT-001", " ".join(LEVELS)),
        ("MUTE,-MUTE", "", ""),
    ],
)
def test_what_gates(text: str, fails: str, needs: str) -> None:
    gate = parse_gate(text)
    gate.check(LEVELS)

    assert [name for name in LEVELS if gate.fails(name, LEVELS[name])] == fails.split()
    assert [name for name in LEVELS if gate.needs(name)] == needs.split()


def test_only_what_leaves_nothing_out_is_the_default() -> None:
    assert parse_gate(DEFAULT) == GATE
    assert parse_gate("").is_default
    assert not parse_gate("-LAT").is_default


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("INFO", "gate 'INFO': what is INFO is judged and shown, and never gates"),
        ("MUSTER:MUTE", "gate 'MUSTER:MUTE': 'MUSTER:MUTE' is not LEVEL:AREA"),
        ("MUST:", "gate 'MUST:': 'MUST:' is not LEVEL:AREA"),
        ("MUST,-", "gate 'MUST,-': a - with nothing behind it"),
    ],
)
def test_what_is_no_policy_is_refused(text: str, message: str) -> None:
    with pytest.raises(GateError) as caught:
        parse_gate(text)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("MUTES", "there is no level, area or clause 'MUTES'; did you mean MUTE"),
        ("-LAT-009", "there is no level, area or clause 'LAT-009'; did you mean LAT-00"),
        ("MUST:XYZ", "there is no level, area or clause 'XYZ'; areas are LAT, MUTE"),
    ],
)
def test_a_name_that_the_catalogue_does_not_know_is_refused(text: str, message: str) -> None:
    with pytest.raises(GateError, match=message):
        parse_gate(text).check(LEVELS)
