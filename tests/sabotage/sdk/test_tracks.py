from __future__ import annotations

from livekit import rtc
from livekit.rtc._proto.ffi_pb2 import FfiRequest

from harness.sabotage.sdk.tracks import Streams, VideoSources
from tests.sabotage.captures import (
    Library,
    other_request,
    picture_capture,
    sound_frame_event,
    stream_request,
    subscribed_event,
    video_frame_event,
)

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


def test_a_stream_is_known_by_the_track_that_was_subscribed_to() -> None:
    library, streams = Library(), Streams()
    streams.told(subscribed_event("microphone", track=10))
    streams.told(subscribed_event("camera", track=20))
    for request in (
        stream_request(track=10, kind="new_audio_stream"),
        stream_request(track=20),
        stream_request(track=30),
        other_request(),
    ):
        streams.learn(request, library.send(request))

    assert streams.name_of(sound_frame_event(1)) == "microphone"
    assert streams.name_of(video_frame_event(2)) == "camera"
    assert streams.name_of(video_frame_event(3)) == ""
    assert streams.name_of(video_frame_event(4)) == ""


def test_a_stream_of_ones_own_pictures_is_known_as_well() -> None:
    library, streams = Library(), Streams()
    for request in (created("pictures", 10), stream_request(track=1)):
        streams.learn(request, library.send(request))

    assert streams.name_of(video_frame_event(2)) == "pictures"


def test_the_end_of_a_stream_is_no_frame() -> None:
    library, streams, end = Library(), Streams(), video_frame_event(1)
    streams.told(subscribed_event("camera", track=20))
    streams.learn(stream_request(track=20), library.send(stream_request(track=20)))
    end.video_stream_event.eos.SetInParent()

    assert streams.name_of(end) == ""
    assert streams.name_of(subscribed_event("camera", track=20)) == ""
