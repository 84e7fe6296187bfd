from __future__ import annotations

import numpy as np
import pytest
from livekit import rtc
from livekit.rtc._proto.ffi_pb2 import FfiRequest

from harness.participant.tampered_memory import memory
from harness.sabotage.sdk.stained_pictures import stain, stained_pictures
from tests.sabotage.captures import Library, picture_capture
from tests.sabotage.seams import changes_of

PIXELS = bytearray([250] * 16 * 8 + [100] * 16 * 40 + [128] * 16 * 24)
FRAME = rtc.VideoFrame(16, 48, rtc.VideoBufferType.I420, PIXELS)


def luma_of(request: FfiRequest) -> list[list[int]]:
    pixels = memory(request.capture_video_frame.buffer.data_ptr, 16 * 48)
    return np.array(pixels).reshape(48, 16)[::8, ::8].tolist()  # type: ignore[no-any-return]


def test_the_lowest_third_is_a_chessboard() -> None:
    frame = bytearray(PIXELS)
    request = picture_capture(rtc.VideoFrame(16, 48, rtc.VideoBufferType.I420, frame))
    stain(request)

    assert luma_of(request) == [[250, 250], *[[100, 100]] * 3, [128, 100], [100, 128]]
    assert set(frame[16 * 48 :]) == {128}


@pytest.mark.parametrize(
    ("name", "codec", "stained"),
    [
        ("picture1", rtc.VideoCodec.VP9, True),
        ("picture2", rtc.VideoCodec.VP9, False),
        ("picture1", None, False),
    ],
)
def test_only_pictures_of_a_first_track_of_a_chosen_codec_are_stained(
    name: str, codec: rtc.VideoCodec.ValueType | None, stained: bool
) -> None:
    [change], library = changes_of(stained_pictures).values(), Library()
    created, published = FfiRequest(), FfiRequest()
    created.create_video_track.source_handle = 10
    created.create_video_track.name = name
    published.publish_track.track_handle = 1
    if codec is not None:
        published.publish_track.options.video_codec = codec
    for request in (created, published, picture_capture(FRAME, source=10)):
        change(library.send, request)

    assert (luma_of(library.asked[2])[4] == [128, 100]) is stained
    assert bytes(FRAME.data) == bytes(PIXELS)
