from __future__ import annotations

from livekit.rtc._proto.ffi_pb2 import FfiRequest, FfiResponse

from harness.sabotage.sdk.echoed_pictures import BACK, EVERY, echoed_pictures
from tests.sabotage.captures import Library, other_request, video_frame_event
from tests.sabotage.seams import changes_of


def converting(request: FfiRequest) -> FfiResponse:
    response = FfiResponse()
    if request.WhichOneof("message") == "video_convert":
        response.video_convert.buffer.handle.id = 99
    return response


def test_an_older_picture_comes_again() -> None:
    changes, library = changes_of(echoed_pictures, identity="bob"), Library()
    changes["requests"](converting, other_request())
    for number in range(1, EVERY + 2):
        event = video_frame_event()
        event.video_stream_event.frame_received.timestamp_us = number
        changes["events"](library.put, event)
    frames = [one.video_stream_event.frame_received for one in library.told]

    assert [frame.timestamp_us for frame in frames] == [
        *range(1, EVERY + 1),
        EVERY - BACK,
        EVERY + 1,
    ]
    assert [frame.buffer.handle.id for frame in frames].index(99) == EVERY


def test_streams_are_counted_apart_and_others_are_left_alone() -> None:
    changes, library = changes_of(echoed_pictures, identity="bob"), Library()
    changes["requests"](converting, other_request())
    for stream in range(EVERY):
        changes["events"](library.put, video_frame_event(stream))

    assert len(library.told) == EVERY
    assert changes_of(echoed_pictures, identity="carol") == {}
