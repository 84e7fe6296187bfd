from __future__ import annotations

from livekit import rtc

from harness.sabotage.sdk.lost_captures import LOST, lost_captures
from tests.sabotage.captures import Library, other_request, picture_capture
from tests.sabotage.seams import changes_of

FRAME = rtc.VideoFrame(8, 8, rtc.VideoBufferType.I420, bytearray(96))


def test_some_captures_of_each_source_are_lost() -> None:
    [change], library = changes_of(lost_captures).values(), Library()
    for number in range(LOST.stop + 1):
        request = picture_capture(FRAME, source=10)
        request.capture_video_frame.timestamp_us = number
        change(library.send, request)
        change(library.send, other_request())
    captured = [
        one.capture_video_frame.timestamp_us
        for one in library.asked
        if one.WhichOneof("message") == "capture_video_frame"
    ]

    assert captured == [*range(LOST.start), LOST.stop]
    assert len(library.asked) == LOST.start + 1 + LOST.stop + 1


def test_sources_are_counted_apart() -> None:
    [change], library = changes_of(lost_captures).values(), Library()
    for number in range(2 * LOST.start):
        change(library.send, picture_capture(FRAME, source=10 + number % 2))

    assert len(library.asked) == 2 * LOST.start
