from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.evidence.sdk_event import SdkEvent
from harness.verifiers.quality import EVENT, Sender, _quality, quality_told_wrongly
from tests.verifiers.conftest import Window, Wire, at

if TYPE_CHECKING:
    from harness.evidence.measurement import Measurement

WINDOW = Window(since_ns=at(0), until_ns=at(20))
PACKETS = 1000


def told(quality: str, *, after_s: float = 10, subject: str = "alice") -> list[SdkEvent]:
    return [
        SdkEvent(
            at_ns=at(s), participant="alice", name=EVENT, subject=who,
            details={"quality": f"QUALITY_{word}"},
        )
        for s, who, word in ((0, "alice", "EXCELLENT"), (after_s, subject, quality))
    ]  # fmt: skip


def ask(
    events: list[SdkEvent], every: int, *, codec: str = "opus", window: Window = WINDOW
) -> Measurement:
    """The answer where each so many-th packet was dropped; 0: none."""
    wire = Wire("alice")
    dropped = range(0, PACKETS, every) if every else ()
    wire.add([n / 50 for n in range(PACKETS)], direction="up", track="TR_a", dropped=dropped)
    sender = Sender(identity="alice", track="TR_a", codec=codec)
    return quality_told_wrongly(events, wire, [sender], **window)


@pytest.mark.parametrize(
    ("every", "codec", "quality"),
    [
        (0, "opus", "EXCELLENT"),
        (14, "opus", "GOOD"),
        (5, "opus", "POOR"),
        (50, "red", "EXCELLENT"),
        (8, "red", "GOOD"),
        (3, "red", "POOR"),
    ],
)
def test_the_formula_tells_the_quality(every: int, codec: str, quality: str) -> None:
    assert ask(told(quality), every, codec=codec).value == 0
    for other in {"EXCELLENT", "GOOD", "POOR", "LOST"} - {quality}:
        measured = ask(told(other), every, codec=codec)
        assert measured.value == 1
        assert f"told {other.lower()}" in measured.notes[0]


def test_the_last_that_one_is_told_of_itself_counts() -> None:
    assert ask(told("POOR", subject="bob"), 0).value == 0
    assert ask(told("POOR", after_s=21), 0).value == 0


@pytest.mark.parametrize(
    ("score", "quality"),
    [(80.1, "excellent"), (80.0, "good"), (40.1, "good"), (40.0, "poor"), (0.0, "poor")],
)
def test_a_quality_begins_above_its_score(score: float, quality: str) -> None:
    assert _quality(score) == quality


def test_no_score_is_below_nothing() -> None:
    assert ask(told("POOR"), 1).notes == ("alice: told poor, scores 0 to 0",)


def test_a_score_near_a_change_of_quality_is_no_evidence() -> None:
    assert "too near" in str(ask(told("GOOD"), 27).missing)


def test_events_packets_and_three_windows_are_needed() -> None:
    short = Window(since_ns=at(0), until_ns=at(14))
    silent = Window(since_ns=at(12), until_ns=at(30))
    unknown = Sender(identity="bob", track="TR_b", codec="opus")
    answers = (
        ask([], 0),
        ask(told("GOOD"), 14, window=short),
        ask(told("GOOD"), 14, window=silent),
        quality_told_wrongly(told("GOOD"), Wire("alice"), [unknown], **WINDOW),
    )
    for measured in answers:
        assert measured.value is None
        assert measured.missing
