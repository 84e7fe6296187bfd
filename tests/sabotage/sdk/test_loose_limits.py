from __future__ import annotations

import pytest
from livekit.rtc._proto.ffi_pb2 import FfiRequest

from harness.sabotage.sdk.loose_limits import loose_limits
from tests.sabotage.captures import Library, other_request
from tests.sabotage.seams import changes_of

[change] = changes_of(loose_limits).values()


@pytest.mark.parametrize(("asked_bps", "taken_bps"), [(100_000, 300_000), (500_000, 500_000)])
def test_low_limits_are_taken_three_times_as_high(asked_bps: int, taken_bps: int) -> None:
    library, request = Library(), FfiRequest()
    asked = request.publish_track.options.video_encoding
    asked.max_bitrate, asked.max_framerate = asked_bps, 10
    change(library.send, request)
    taken = library.asked[0].publish_track.options.video_encoding

    assert taken.max_bitrate == taken_bps
    assert taken.max_framerate == 10 * taken_bps / asked_bps


def test_another_request_passes_as_it_is() -> None:
    library = Library()
    change(library.send, other_request())

    assert library.asked == [other_request()]
