from __future__ import annotations

import pytest
from livekit import rtc

from harness.sabotage.sdk.lost_encodings import lost_encodings
from tests.sabotage.captures import Library, other_request, picture_capture
from tests.sabotage.seams import changes_of

[change] = changes_of(lost_encodings).values()


@pytest.mark.parametrize(
    ("encoding", "sent"),
    [(rtc.VideoBufferType.BGRA, 0), (rtc.VideoBufferType.NV12, 0), (rtc.VideoBufferType.RGBA, 1)],
)
def test_some_encodings_are_lost(encoding: rtc.VideoBufferType.ValueType, sent: int) -> None:
    library = Library()
    change(library.send, picture_capture(rtc.VideoFrame(8, 8, encoding, bytearray(256))))

    assert len(library.asked) == sent


def test_another_request_passes_as_it_is() -> None:
    library = Library()
    change(library.send, other_request())

    assert library.asked == [other_request()]
