from __future__ import annotations

import threading

import pytest
from livekit import rtc
from livekit.rtc._proto.ffi_pb2 import FfiRequest, FfiResponse

from harness.sabotage.sdk import repeating_source as module
from harness.sabotage.sdk.repeating_source import repeating_source
from tests.sabotage.captures import Library, other_request, picture_capture
from tests.sabotage.seams import changes_of

FRAME = rtc.VideoFrame(8, 8, rtc.VideoBufferType.I420, bytearray(range(96)))


def test_the_last_picture_is_captured_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDLE_S", 0.001)
    monkeypatch.setattr(module, "EVERY_S", 0.001)
    monkeypatch.setattr(module, "MOST", 2)
    [change], library, done = changes_of(repeating_source).values(), Library(), threading.Event()

    def send(request: FfiRequest) -> FfiResponse:
        response = library.send(request)
        if len(library.asked) == 3:
            done.set()
        return response

    change(send, picture_capture(FRAME))

    assert done.wait(5)
    assert {one.capture_video_frame.source_handle for one in library.asked} == {1}


def test_not_where_another_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[threading.Timer] = []

    class Unstarted(threading.Timer):
        def start(self) -> None:
            made.append(self)

    monkeypatch.setattr(module, "Timer", Unstarted)
    [change], library = changes_of(repeating_source).values(), Library()
    for source in (1, 1, 2):
        change(library.send, picture_capture(FRAME, source=source))

    assert [one.finished.is_set() for one in made] == [True, False, False]


def test_another_request_passes_as_it_is() -> None:
    [change], library = changes_of(repeating_source).values(), Library()
    change(library.send, other_request())

    assert library.asked == [other_request()]
