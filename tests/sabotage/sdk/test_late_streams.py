from __future__ import annotations

import threading

import pytest
from livekit.rtc._proto.ffi_pb2 import FfiEvent

from harness.evidence.clock import NS_PER_MS, now_ns
from harness.sabotage.sdk import late_streams as module
from harness.sabotage.sdk.late_streams import Late, late_streams
from harness.sabotage.sdk.tracks import OF_STREAMS
from tests.sabotage.seams import changes_of

LATE_MS = 20


def of_stream(kind: str, stream: int) -> FfiEvent:
    event = FfiEvent()
    getattr(event, kind).stream_handle = stream
    return event


def test_what_streams_bring_comes_late_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LATE_S", LATE_MS / 1000)
    late, given, came = Late(), list[tuple[int, FfiEvent]](), threading.Event()
    sent = [of_stream(kind, number) for number, kind in enumerate(OF_STREAMS)]

    def put(event: FfiEvent) -> None:
        given.append((now_ns(), event))
        if len(given) == len(sent):
            came.set()

    began = now_ns()
    for event in sent:
        late.event(put, event)

    assert given == []
    assert came.wait(timeout=20)
    assert [event for _, event in given] == sent
    assert given[0][0] - began >= LATE_MS * NS_PER_MS


def test_all_else_comes_at_once() -> None:
    event, given = FfiEvent(), list[FfiEvent]()
    event.room_event.room_handle = 7
    Late().event(given.append, event)

    assert given == [event]


@pytest.mark.parametrize(("identity", "there"), [("bob", True), ("probe1", False)])
def test_bare_calls_are_left_alone(identity: str, there: bool) -> None:
    assert bool(changes_of(late_streams, identity=identity)) == there
