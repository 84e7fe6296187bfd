from __future__ import annotations

import pytest
from livekit.rtc._proto.ffi_pb2 import FfiRequest, FfiResponse

from harness.sabotage.sdk.short_queue import short_queue
from tests.sabotage.seams import changes_of

[change] = changes_of(short_queue).values()


@pytest.mark.parametrize(("asked_ms", "made_ms"), [(1000, 500), (50, 20), (0, 0)])
def test_a_queue_is_half_as_long_and_still_a_multiple_of_a_tick(
    asked_ms: int, made_ms: int
) -> None:
    request = FfiRequest()
    request.new_audio_source.queue_size_ms = asked_ms
    sent: list[int] = []

    def send(request: FfiRequest) -> FfiResponse:
        sent.append(request.new_audio_source.queue_size_ms)
        return FfiResponse()

    assert change(send, request) == FfiResponse()
    assert sent == [made_ms]


def test_another_request_passes_as_it_is() -> None:
    request = FfiRequest()
    request.disconnect.room_handle = 7
    before = request.SerializePartialToString()
    change(lambda one: FfiResponse(), request)

    assert request.SerializePartialToString() == before
