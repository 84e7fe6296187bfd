from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from livekit import rtc
from livekit.rtc._proto.ffi_pb2 import FfiRequest

from harness.evidence.recording import FrameStatus
from harness.participant.tampering import Tamper
from harness.sabotage.sdk import camera as module
from harness.sabotage.sdk.camera import disordered_camera, sleepy_camera
from harness.sabotage.sdk.frames import planes_of
from harness.signals.picture import ColourCode, PictureReader, PictureWriter
from tests.sabotage.captures import Library, other_request, picture_capture
from tests.sabotage.seams import changes_of

FRAME = rtc.VideoFrame(8, 8, rtc.VideoBufferType.I420, bytearray(96))


def camera_of(tamper: Tamper, name: str = "camera") -> tuple[Callable[..., Any], Library]:
    """What stands at the seam, and a library in which source 10 feeds a track of that name."""
    [change], library, made = changes_of(tamper).values(), Library(), FfiRequest()
    made.create_video_track.name, made.create_video_track.source_handle = name, 10
    change(library.send, made)
    library.asked.clear()
    return change, library


def captured(library: Library) -> list[int]:
    return [one.capture_video_frame.timestamp_us for one in library.asked]


def numbered(number: int) -> FfiRequest:
    request = picture_capture(FRAME, source=10)
    request.capture_video_frame.timestamp_us = number
    return request


def test_captures_are_in_another_order_repeated_and_lost() -> None:
    change, library = camera_of(disordered_camera)
    for number in range(1, 14):
        change(library.send, numbered(number))

    assert captured(library) == [1, 3, 2, 5, 5, 7, 9, 8, 11, 11, 13]


def test_after_a_rest_a_capture_comes_later(monkeypatch: pytest.MonkeyPatch) -> None:
    change, library = camera_of(sleepy_camera)
    now_s = iter([0.0, 0.1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7])
    monkeypatch.setattr(module, "monotonic", lambda: next(now_s))
    for number in range(1, 10):
        change(library.send, numbered(number))

    assert captured(library) == [1, 2, 3, 9]


@pytest.mark.parametrize("tamper", [disordered_camera, sleepy_camera])
def test_another_track_and_another_request_pass(tamper: Tamper) -> None:
    change, library = camera_of(tamper, "screen")
    for number in range(1, 8):
        change(library.send, numbered(number))

    assert captured(library) == [1, 2, 3, 4, 5, 6, 7]

    change(library.send, other_request())

    assert library.asked[-1] == other_request()


@pytest.mark.parametrize(("width", "comes_out"), [(320, 640), (640, 640)])
def test_a_small_picture_becomes_twice_as_large(width: int, comes_out: int) -> None:
    code = ColourCode(track_code=3, width=width, height=width * 9 // 16)
    pixels = bytearray(PictureWriter(code).frame(7).tobytes())
    frame = rtc.VideoFrame(code.width, code.height, rtc.VideoBufferType.I420, pixels)
    change, library = camera_of(disordered_camera)
    change(library.send, picture_capture(frame, source=10))
    picture = library.asked[0].capture_video_frame.buffer
    luma, blue, red = planes_of(picture)
    reading = PictureReader().read_planes((luma, blue, red))

    assert (picture.width, picture.height) == (comes_out, comes_out * 9 // 16)
    assert (reading.status, reading.counter) == (FrameStatus.READ, 7)
