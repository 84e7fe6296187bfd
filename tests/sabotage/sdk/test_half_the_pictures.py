from __future__ import annotations

import pytest
from livekit import rtc
from livekit.rtc._proto.ffi_pb2 import FfiRequest

from harness.sabotage.sdk.half_the_pictures import half_the_pictures
from tests.sabotage.captures import Library, picture_capture
from tests.sabotage.seams import changes_of

FRAME = rtc.VideoFrame(8, 8, rtc.VideoBufferType.I420, bytearray(96))


@pytest.mark.parametrize(("codec", "sent"), [(rtc.VideoCodec.H264, 3), (None, 6)])
def test_every_other_picture_of_a_chosen_codec_is_lost(
    codec: rtc.VideoCodec.ValueType | None, sent: int
) -> None:
    [change], library = changes_of(half_the_pictures).values(), Library()
    created, published = FfiRequest(), FfiRequest()
    created.create_video_track.source_handle = 10
    published.publish_track.track_handle = 1
    if codec is not None:
        published.publish_track.options.video_codec = codec
    for request in (created, published, *[picture_capture(FRAME, source=10)] * 6):
        change(library.send, request)

    assert len(library.asked) == 2 + sent
