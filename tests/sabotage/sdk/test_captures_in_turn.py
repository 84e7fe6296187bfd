from __future__ import annotations

import threading

import pytest
from livekit import rtc
from livekit.rtc._proto.ffi_pb2 import FfiRequest, FfiResponse

from harness.evidence.clock import NS_PER_MS, now_ns
from harness.sabotage.sdk import captures_in_turn as module
from harness.sabotage.sdk.captures_in_turn import captures_in_turn
from tests.sabotage.captures import Library, other_request, picture_capture
from tests.sabotage.seams import changes_of

FRAME = rtc.VideoFrame(8, 8, rtc.VideoBufferType.I420, bytearray(96))


def test_a_burst_comes_out_in_its_order_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TURN_S", 0.001)
    monkeypatch.setattr(module, "BURST_S", 10)
    [change], library, done = changes_of(captures_in_turn).values(), Library(), threading.Event()
    threads: list[threading.Thread] = []

    def send(request: FfiRequest) -> FfiResponse:
        threads.append(threading.current_thread())
        response = library.send(request)
        if len(library.asked) == 4:
            done.set()
        return response

    for source in range(4):
        change(send, picture_capture(FRAME, source=source))

    assert done.wait(5)
    assert [one.capture_video_frame.source_handle for one in library.asked] == [0, 1, 2, 3]
    assert threads[0] is threading.current_thread()
    assert threading.current_thread() not in threads[1:]


def test_pictures_of_a_camera_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BURST_S", 0)
    [change], library = changes_of(captures_in_turn).values(), Library()
    for request in (picture_capture(FRAME), picture_capture(FRAME), other_request()):
        change(library.send, request)

    assert len(library.asked) == 3


def test_a_probe_waits_in_each_capture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TURN_S", 0.005)
    [make] = changes_of(captures_in_turn, identity="probe1").values()
    captured: list[object] = []
    began_ns = now_ns()
    make(lambda *args: captured.extend(args))("source", "frame")

    assert captured == ["source", "frame"]
    assert now_ns() - began_ns >= 5 * NS_PER_MS
