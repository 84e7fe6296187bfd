from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from livekit.rtc._proto.ffi_pb2 import FfiEvent

from harness.sabotage.sdk import no_way_back as module
from harness.sabotage.sdk.frames import picture_in, planes_of, sound_in
from harness.sabotage.sdk.no_way_back import (
    OUTAGE_S,
    GivesUp,
    StandsStill,
    gives_up,
    stands_still,
)
from tests.sabotage.captures import Library
from tests.sabotage.received import GREY, grey_picture_event, sound_event
from tests.sabotage.seams import changes_of

LOUD = 9000


class Call:
    """What a tamper gets of a call, by its clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, tell: Callable[..., None]) -> None:
        self.now_s = 0.0
        self.library = Library()
        self._tell = tell
        monkeypatch.setattr(module, "monotonic", lambda: self.now_s)

    def tell(self, event: FfiEvent) -> FfiEvent:
        self._tell(self.library.put, event)
        return event

    def sound(self, peak: int = LOUD) -> int:
        """The peak that is handed on of a frame with this one."""
        told = sound_in(self.tell(sound_event(np.full((480, 1), peak, np.int16))))
        assert told is not None
        return int(told.max())

    def picture(self) -> int:
        """The brightness of a picture that is handed on."""
        return int(planes_of(picture_in(self.tell(grey_picture_event())))[0].max())

    def news(self, name: str) -> None:
        event = FfiEvent()
        event.room_event.room_handle = 5
        getattr(event.room_event, name).SetInParent()
        self.tell(event)

    @property
    def told(self) -> list[str | None]:
        """The news of the room that were handed on."""
        return [
            event.room_event.WhichOneof("message")
            for event in self.library.told
            if event.HasField("room_event")
        ]


def test_after_an_outage_all_is_lost_until_it_reconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    call = Call(monkeypatch, GivesUp().tell)
    call.news("participant_connected")
    assert (call.sound(), call.picture()) == (LOUD, GREY)
    call.now_s = OUTAGE_S / 2
    assert call.sound(peak=0) == 0
    call.now_s = OUTAGE_S + 0.1

    assert (call.sound(), call.picture(), call.sound()) == (0, 0, 0)
    assert call.told == ["participant_connected", "reconnecting"]
    assert call.library.told[-4].room_event.room_handle == 5

    call.news("reconnected")

    assert (call.sound(), call.picture()) == (LOUD, GREY)


def test_what_is_muted_or_alone_is_no_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    call = Call(monkeypatch, GivesUp().tell)
    call.sound()
    call.now_s = 10
    assert call.sound() == LOUD
    call.picture()
    for at_s in (10.3, 10.6, 10.9):
        call.now_s = at_s
        call.sound(peak=0)
        assert call.picture() == GREY

    assert call.sound() == LOUD
    assert call.told == []


def test_a_lost_connection_is_not_told_of_and_nothing_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call = Call(monkeypatch, StandsStill().tell)
    assert (call.sound(), call.picture()) == (LOUD, GREY)

    call.news("reconnecting")
    call.news("reconnected")
    call.news("participant_connected")

    assert (call.sound(), call.picture()) == (0, 0)
    assert call.told == ["participant_connected"]


def counted(number: int) -> FfiEvent:
    event = FfiEvent()
    event.get_session_stats.async_id = number
    event.get_session_stats.result.publisher_stats.add().transport.rtc.id = f"{number}"
    return event


def identity_of(event: FfiEvent) -> str:
    return event.get_session_stats.result.publisher_stats[0].transport.rtc.id


def test_statistics_stay_what_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    call = Call(monkeypatch, StandsStill().tell)
    first, second = call.tell(counted(1)), call.tell(counted(2))
    call.news("reconnecting")
    third = call.tell(counted(3))

    assert [identity_of(one) for one in (first, second, third)] == ["1", "2", "2"]
    assert third.get_session_stats.async_id == 3
    assert call.library.told == [first, second, third]


def test_without_statistics_from_before_those_of_after_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call = Call(monkeypatch, StandsStill().tell)
    call.news("reconnecting")

    assert identity_of(call.tell(counted(3))) == "3"


def test_only_bob_stands_still_and_everybody_gives_up() -> None:
    assert changes_of(stands_still, identity="alice") == {}
    assert list(changes_of(stands_still, identity="bob")) == ["events"]
    assert list(changes_of(gives_up, identity="alice")) == ["events"]
