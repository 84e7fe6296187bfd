from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence.finding import Attempt, Cell, ClauseResult, Finding, Verdict
from harness.evidence.measurement import Measurement
from harness.evidence.run_event import (
    KINDS,
    AttemptFinished,
    AttemptStarted,
    CalibrationDone,
    CanaryDone,
    FindingMade,
    Note,
    RunEvent,
    RunFinished,
    RunStarted,
    UnknownEventError,
    VersionSeen,
    decode,
    encode,
)

CELL = Cell(server="1.13.5", sdk={"alice": "python 1.2.0"})
MEASURED = Measurement(value=41.3, unit="ms", error=10, rests_on=3, evidence=("bob/tone.wav",))
EVENTS: list[RunEvent] = [
    RunStarted(at_ns=1, started="2026-11-21T00:00:00Z", seed=8, backend="binary", command=("a",)),
    VersionSeen(at_ns=2, name="livekit-server", version="1.13.5"),
    CalibrationDone(at_ns=3, floors={"sound": MEASURED}, disturbance="busy"),
    AttemptStarted(at_ns=4, scenario="s", number=1, cell=CELL, folder="attempts/1"),
    AttemptFinished(
        at_ns=5,
        attempt=Attempt(
            scenario="s",
            number=1,
            cell=CELL,
            folder="attempts/1",
            started_ns=4,
            ended_ns=5,
            media_s=3,
            results=(
                ClauseResult(clause="A-001", verdict=Verdict.PASS, reason="", measurement=MEASURED),
            ),
        ),
    ),
    FindingMade(
        at_ns=6,
        finding=Finding(
            clause="A-001",
            scenario="s",
            cell=CELL,
            attempts=1,
            verdict=Verdict.FAIL,
            reason="",
            interval=(1.0, 2.5),
            limit={"max": 1.0},
        ),
    ),
    CanaryDone(
        at_ns=7,
        sabotage="mute",
        clause="A-001",
        scenario="a.py::test_a",
        verdict=Verdict.FAIL,
        reason="because",
    ),
    Note(at_ns=7, text="one\nline"),
    RunFinished(at_ns=8, exit_code=1, reason="a clause failed"),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_every_kind_comes_back_from_one_line(event: RunEvent) -> None:
    line = encode(event)
    assert line.count(b"\n") == 1
    assert decode(line) == event


def test_every_kind_is_tried() -> None:
    assert {type(event) for event in EVENTS} == set(KINDS.values())


@given(st.text())
def test_any_text_is_one_line(text: str) -> None:
    line = encode(Note(at_ns=1, text=text))
    assert line.count(b"\n") == 1
    assert decode(line) == Note(at_ns=1, text=text)


def test_half_a_surrogate_pair_is_replaced() -> None:
    assert decode(encode(Note(at_ns=1, text="a\udc80"))) == Note(at_ns=1, text="a?")


def test_infinity_does_not_reach_the_file() -> None:
    floors = {"x": Measurement(value=math.inf, unit="ms")}
    assert b"Infinity" not in encode(CalibrationDone(at_ns=1, floors=floors))


def test_a_newer_kind_is_told_from_a_damaged_line() -> None:
    with pytest.raises(UnknownEventError, match="telepathy"):
        decode(b'{"event": "telepathy", "at_ns": 1}')


def test_a_field_of_a_newer_version_is_ignored() -> None:
    line = b'{"event": "note", "at_ns": 1, "text": "x", "colour": "red"}'
    assert decode(line) == Note(at_ns=1, text="x")


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"[]", b"3", b'{"at_ns": 1}', b'{"event": 3}', b'{"event": "note"}', b"\xff\xfe"],
)
def test_what_is_no_event_is_a_value_error(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"event|null"):
        decode(line)
