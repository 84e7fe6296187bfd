from __future__ import annotations

from typing import TYPE_CHECKING

from harness.evidence.sdk_event import SdkEvent
from harness.verifiers.events import event_count, event_order, event_times, time_to_event

if TYPE_CHECKING:
    from tests.verifiers.conftest import Window

MS = 1_000_000


def event(at_ms: float, participant: str, name: str, track: str = "TR_a") -> SdkEvent:
    return SdkEvent(
        at_ns=round(at_ms * MS), participant=participant, name=name, track=track, subject="alice"
    )


EVENTS = [
    event(900, "bob", "track_muted"),
    event(1005, "bob", "track_muted"),
    event(1003, "alice", "track_muted"),
    event(1004, "alice", "track_muted"),
    event(1100, "bob", "track_muted", track="TR_b"),
    event(1200, "bob", "track_unmuted"),
]


def test_events_are_chosen_by_all_that_is_said_of_them() -> None:
    assert event_times(EVENTS, "track_muted", participant="bob") == [900 * MS, 1005 * MS, 1100 * MS]
    assert event_times(EVENTS, "track_muted", track="TR_b") == [1100 * MS]
    assert event_times(EVENTS, "track_muted", subject="bob") == []
    assert event_times(EVENTS, "track_muted", since_ns=1004 * MS, until_ns=1100 * MS) == [
        1004 * MS,
        1005 * MS,
    ]


def test_time_to_event() -> None:
    measured = time_to_event(
        EVENTS, "track_muted", participant="bob", since_ns=1000 * MS, until_ns=2000 * MS
    )
    assert (measured.value, measured.error, measured.at_least) == (5.0, 1.0, False)


def test_event_that_never_comes_takes_at_least_the_time_waited() -> None:
    measured = time_to_event(
        EVENTS, "track_unpublished", participant="bob", since_ns=1000 * MS, until_ns=2000 * MS
    )
    assert (measured.value, measured.at_least) == (1000.0, True)


def test_events_are_counted() -> None:
    window: Window = {"since_ns": 1000 * MS, "until_ns": 2000 * MS}
    twice = event_count(EVENTS, "track_muted", participant="alice", **window)
    assert twice.value == 2
    assert twice.notes == ("track_muted at alice after 3.0, 4.0 ms",)
    assert event_count(EVENTS, "track_unpublished", participant="bob", **window).value == 0


def test_order_of_events() -> None:
    window: Window = {"since_ns": 1000 * MS, "until_ns": 2000 * MS}
    names = ["track_muted", "track_unmuted"]
    assert event_order(EVENTS, names, participant="bob", **window).value == 1
    wrong = event_order(EVENTS, names[::-1], participant="bob", **window)
    assert wrong.value == 0
    assert wrong.notes == ("seen at bob: track_muted < track_unmuted",)
    absent = event_order(EVENTS, [*names, "disconnected"], participant="bob", **window)
    assert absent.value == 0
    assert absent.notes[1] == "never came: disconnected"


def test_who_saw_nothing_at_all_is_no_evidence() -> None:
    for listener, events in (("carol", EVENTS), (None, [])):
        counted = event_count(events, "x", participant=listener, since_ns=0, until_ns=9)
        assert "nobody was listening" in str(counted.missing)
        timed = time_to_event(events, "x", participant=listener, since_ns=0, until_ns=9)
        assert timed.missing is not None
        ordered = event_order(events, ["x"], participant=listener, since_ns=0, until_ns=9)
        assert ordered.missing is not None
