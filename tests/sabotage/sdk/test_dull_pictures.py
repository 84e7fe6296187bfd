from __future__ import annotations

import numpy as np
import pytest
from livekit import rtc
from livekit.rtc._proto.ffi_pb2 import FfiRequest, FfiResponse

from harness.sabotage.sdk.dull_pictures import dull_pictures
from tests.sabotage.captures import Library, other_request, video_frame_event
from tests.sabotage.seams import changes_of

changes = changes_of(dull_pictures, identity="probe1")


@pytest.mark.parametrize(
    ("encoding", "dull"), [(rtc.VideoBufferType.I420, 32), (rtc.VideoBufferType.RGBA, 128)]
)
def test_the_upper_half_lacks_a_bit(encoding: rtc.VideoBufferType.ValueType, dull: int) -> None:
    pixels = np.full(96 if encoding == rtc.VideoBufferType.I420 else 256, 255, np.uint8)
    frame = rtc.VideoFrame(8, 8, encoding, pixels.data)
    library, event = Library(), video_frame_event()
    info = event.video_stream_event.frame_received.buffer.info
    info.CopyFrom(frame._proto_info())
    changes["events"](library.put, event)
    once = pixels.copy()
    changes["events"](library.put, event)

    assert (once[:dull] == 239).all()
    assert (once[dull:] == 255).all()
    np.testing.assert_array_equal(pixels, once)
    assert library.told == [event, event]


def test_so_does_a_picture_that_was_converted() -> None:
    pixels = np.full(256, 255, np.uint8)
    frame = rtc.VideoFrame(8, 8, rtc.VideoBufferType.RGBA, pixels.data)
    response = FfiResponse()
    response.video_convert.buffer.info.CopyFrom(frame._proto_info())

    assert changes["requests"](lambda _: response, FfiRequest()) is response
    assert (pixels[:128] == 239).all()


def test_all_else_passes_and_who_has_joined_is_left_alone() -> None:
    library = Library()

    assert changes["requests"](library.send, other_request()) == FfiResponse()
    assert changes_of(dull_pictures, identity="alice") == {}
