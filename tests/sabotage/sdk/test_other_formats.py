from __future__ import annotations

import pytest
from livekit.rtc._proto.ffi_pb2 import FfiRequest

from harness.sabotage.sdk.messages import Encoding
from harness.sabotage.sdk.other_formats import other_formats
from tests.sabotage.captures import Library, other_request
from tests.sabotage.seams import changes_of

[change] = changes_of(other_formats, identity="probe1").values()


def test_a_stream_of_sound_always_has_48_khz() -> None:
    library, request = Library(), FfiRequest()
    request.new_audio_stream.sample_rate = 8000
    change(library.send, request)

    assert library.asked[0].new_audio_stream.sample_rate == 48_000


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (Encoding.RGBA, Encoding.BGRA),
        (Encoding.ABGR, Encoding.ARGB),
        (Encoding.I420, Encoding.I420),
        (None, Encoding.RGBA),
    ],
)
def test_a_stream_of_pictures_has_another_encoding(asked: Encoding | None, given: Encoding) -> None:
    library, request = Library(), FfiRequest()
    request.new_video_stream.track_handle = 1
    if asked is not None:
        request.new_video_stream.format = asked.wire
    change(library.send, request)

    assert library.asked[0].new_video_stream.format == given.wire


def test_another_request_passes_and_who_has_joined_is_left_alone() -> None:
    library = Library()
    change(library.send, other_request())

    assert library.asked == [other_request()]
    assert changes_of(other_formats, identity="alice") == {}
