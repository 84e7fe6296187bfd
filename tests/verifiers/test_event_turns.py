from __future__ import annotations

import pytest

from harness.evidence.measurement import Measurement
from harness.evidence.sdk_event import SdkEvent
from harness.verifiers.event_turns import events_out_of_turn

M, U = "track_muted", "track_unmuted"
CALLS = [M, U] * 3


def told_to_bob(*names: str, track: str = "TR_a") -> list[SdkEvent]:
    return [
        SdkEvent(at_ns=1000 + 10 * place, participant="bob", name=name, track=track)
        for place, name in enumerate(names)
    ]


def amiss(events: list[SdkEvent], participant: str = "bob") -> Measurement:
    return events_out_of_turn(
        events, CALLS, participant=participant, track="TR_a", since_ns=1000, until_ns=2000
    )


@pytest.mark.parametrize(
    ("told", "count"),
    [
        (CALLS, 0),
        (CALLS[:-1], 1),
        ([*CALLS[:3], *CALLS[2:]], 1),
        (CALLS[:2], 4),
        ([*CALLS, *CALLS], 6),
        ([M, U, U, M, M, U], 2),
        ([], 6),
    ],
)
def test_events_are_told_once_and_in_their_turn(told: list[str], count: int) -> None:
    others = [
        *told_to_bob(M, U, track="TR_b"),
        SdkEvent(at_ns=1005, participant="alice", name=M, track="TR_a"),
        SdkEvent(at_ns=900, participant="bob", name=U, track="TR_a"),
        SdkEvent(at_ns=2000, participant="bob", name=M, track="TR_a"),
        SdkEvent(at_ns=1001, participant="bob", name="room_updated"),
    ]
    measured = amiss([*others, *told_to_bob(*told)])
    assert (measured.value, measured.unit, measured.rests_on) == (count, "events", len(told))
    assert measured.notes[0].startswith(f"bob was told {len(told)} of 6 events")


def test_who_saw_nothing_at_all_is_no_evidence() -> None:
    assert "nobody was listening" in str(amiss(told_to_bob(*CALLS), "carol").missing)


def test_the_file_is_named_as_the_folder_of_whoever_was_told() -> None:
    events = [SdkEvent(at_ns=1000, participant="bob smith/2", name=M, track="TR_a")]
    assert amiss(events, "bob smith/2").evidence == ("bob%20smith%2F2/events.ndjson",)
