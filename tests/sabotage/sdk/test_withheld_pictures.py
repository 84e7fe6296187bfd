from __future__ import annotations

import threading

import pytest
from livekit.rtc._proto.ffi_pb2 import FfiEvent

from harness.sabotage.sdk import withheld_pictures as module
from harness.sabotage.sdk.withheld_pictures import (
    BUNCH,
    FIRST,
    Bunched,
    Withheld,
    bunched_pictures,
    withheld_pictures,
)
from tests.sabotage.captures import Library, video_frame_event
from tests.sabotage.seams import changes_of


def watched(*, every_s: float) -> Withheld:
    withheld = Withheld()
    assert [withheld.after_s(n * every_s) for n in range(FIRST)] == [None] * FIRST
    return withheld


def test_a_slow_track_is_left_alone() -> None:
    withheld = watched(every_s=1 / 15)

    assert withheld.after_s(FIRST / 15) is None


def test_an_outage_is_a_time_without_a_picture() -> None:
    withheld = watched(every_s=1 / 30)
    last_s = FIRST / 30

    assert withheld.after_s(last_s) == -1
    assert withheld.after_s(last_s + 1) == 0
    assert withheld.after_s(last_s + 3) == 2


def test_pictures_are_late_and_after_an_outage_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LATE_S", 0.001)
    withheld, library, put_late = Withheld(), Library(), threading.Event()
    since_s = {"now": 0.0}
    monkeypatch.setattr(module, "monotonic", lambda: since_s["now"])
    for n in range(FIRST):
        since_s["now"] = n / 30
        withheld.tell(library.put, video_frame_event())

    assert len(library.told) == FIRST

    def put(event: FfiEvent) -> None:
        put_late.set()

    since_s["now"] = FIRST / 30
    withheld.tell(put, video_frame_event())

    assert put_late.wait(5)

    for after_s in (2.0, 3.0):
        since_s["now"] = FIRST / 30 + after_s
        withheld.tell(library.put, video_frame_event())

    assert len(library.told) == FIRST


def test_pictures_come_four_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    bunched, library, told = Bunched(), Library(), []
    now_s = iter(n / 30 for n in range(FIRST + 2 * BUNCH))
    monkeypatch.setattr(module, "monotonic", lambda: next(now_s))
    for _ in range(FIRST + 2 * BUNCH):
        bunched.tell(library.put, video_frame_event())
        told.append(len(library.told))

    assert told[:FIRST] == list(range(1, FIRST + 1))
    assert told[FIRST:] == [FIRST] * 3 + [FIRST + 4] * 4 + [FIRST + 8]


def test_other_events_pass_and_only_bob_is_told_late() -> None:
    library, event = Library(), FfiEvent()
    event.video_stream_event.eos.SetInParent()
    Withheld().tell(library.put, event)

    assert library.told == [event]
    assert changes_of(withheld_pictures, identity="carol") == {}
    assert changes_of(bunched_pictures, identity="carol") == {}
    assert list(changes_of(withheld_pictures, identity="bob")) == ["events"]
