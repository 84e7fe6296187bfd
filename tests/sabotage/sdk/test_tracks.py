from __future__ import annotations

from livekit import rtc
from livekit.rtc._proto.ffi_pb2 import FfiRequest

from harness.sabotage.sdk.tracks import VideoSources
from tests.sabotage.captures import Library, other_request, picture_capture

FRAME = rtc.VideoFrame(8, 8, rtc.VideoBufferType.I420, bytearray(96))


def learned(*requests: FfiRequest) -> VideoSources:
    library, sources = Library(), VideoSources()
    for request in requests:
        sources.learn(request, library.send(request))
    return sources


def created(name: str, source: int) -> FfiRequest:
    request = FfiRequest()
    request.create_video_track.name = name
    request.create_video_track.source_handle = source
    return request


def published(track: int, codec: rtc.VideoCodec.ValueType | None) -> FfiRequest:
    request = FfiRequest()
    request.publish_track.track_handle = track
    if codec is not None:
        request.publish_track.options.video_codec = codec
    return request


def test_a_source_is_known_by_its_track() -> None:
    sources = learned(created("camera", 10), created("screen", 20))

    assert sources.captured_by(picture_capture(FRAME, source=10), "camera")
    assert not sources.captured_by(picture_capture(FRAME, source=20), "camera")
    assert not sources.captured_by(picture_capture(FRAME, source=30), "camera")
    assert not sources.captured_by(other_request(), "camera")


def test_a_codec_is_chosen_or_not() -> None:
    sources = learned(
        created("one", 10),
        created("other", 20),
        published(1, rtc.VideoCodec.VP8),
        published(2, None),
    )

    assert sources.captured_for_codec(picture_capture(FRAME, source=10))
    assert not sources.captured_for_codec(picture_capture(FRAME, source=20))
    assert not sources.captured_for_codec(other_request())
