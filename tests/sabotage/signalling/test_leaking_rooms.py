from __future__ import annotations

from livekit.protocol import rtc

from harness.sabotage.signalling.leaking_rooms import LeakingRooms
from tests.sabotage.signalling.messages import signal, someone, update


def leaked(rooms: LeakingRooms, room: str, message: rtc.SignalResponse) -> list[str]:
    """Identities that a message brings beside what it says itself."""
    passing = signal(message, room=room)
    first, *others = rooms.intercept(passing)
    assert first is passing
    assert all((one.room, one.direction) == (room, "server") for one in others)
    return [
        participant.identity
        for one in others
        if isinstance(one.protobuf, rtc.SignalResponse)
        for participant in one.protobuf.update.participants
    ]


def test_news_of_a_room_come_to_another_with_its_next_message_once() -> None:
    rooms, pong = LeakingRooms(), rtc.SignalResponse(pong=1)

    assert leaked(rooms, "one", update(someone("alice"), someone("bob"))) == []
    assert leaked(rooms, "one", pong) == []
    assert leaked(rooms, "other", pong) == ["alice", "bob"]
    assert leaked(rooms, "other", pong) == []
    assert leaked(rooms, "one", update(someone("dave"))) == []
    assert leaked(rooms, "other", pong) == ["dave"]


def test_an_update_brings_both() -> None:
    rooms = LeakingRooms()
    leaked(rooms, "one", update(someone("alice")))

    assert leaked(rooms, "other", update(someone("carol"))) == ["alice"]
    assert leaked(rooms, "one", rtc.SignalResponse(pong=1)) == ["carol"]


def test_what_clients_say_passes() -> None:
    rooms = LeakingRooms()
    leaked(rooms, "one", update(someone("alice")))
    passing = signal(rtc.SignalRequest(leave=rtc.LeaveRequest()), room="other")

    assert rooms.intercept(passing) == [passing]
