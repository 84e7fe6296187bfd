from __future__ import annotations

import threading

from livekit.rtc._proto.ffi_pb2 import FfiEvent

from harness.evidence.clock import NS_PER_S, now_ns
from harness.sabotage.sdk.later import Later
from tests.sabotage.captures import video_frame_event

LATE_S = 0.02


def test_events_are_put_late_and_in_the_order_in_which_they_were_given() -> None:
    later, given, came = Later(), list[tuple[int, FfiEvent]](), threading.Event()
    events = [video_frame_event(number) for number in (1, 2)]

    def put(event: FfiEvent) -> None:
        given.append((now_ns(), event))
        if len(given) == len(events):
            came.set()

    began = now_ns()
    for event, late_s in zip(events, (LATE_S, 0.0), strict=True):
        later.give(put, event, late_s)

    assert given == []
    assert came.wait(timeout=20)
    assert [event for _, event in given] == events
    assert given[0][0] - began >= LATE_S * NS_PER_S
