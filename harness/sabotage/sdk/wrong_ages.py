"""What says how old media is, and is wrong: metadata of pictures, statistics of jitter buffers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import (
        FfiEvent,
        FfiRequest,
        FfiResponse,
        Put,
        Send,
        Tampering,
    )

LATER_US = 5000
TOO_MUCH_S = 0.1


def wrong_ages(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.requests(_misdate)
    tampering.events(_miscount)


def _misdate(send: Send, request: FfiRequest) -> FfiResponse:
    if request.capture_video_frame.HasField("metadata"):
        request.capture_video_frame.metadata.frame_id += 1
        request.capture_video_frame.metadata.user_timestamp += LATER_US
    return send(request)


def _miscount(put: Put, event: FfiEvent) -> None:
    result = event.get_session_stats.result
    for entry in (*result.publisher_stats, *result.subscriber_stats):
        if entry.HasField("inbound_rtp"):
            inbound = entry.inbound_rtp.inbound
            inbound.jitter_buffer_delay += TOO_MUCH_S * inbound.jitter_buffer_emitted_count
    put(event)


SABOTAGE = Sabotage(
    name="wrong-ages",
    breaks="pictures travel with the number and time of another, and statistics count 100 ms too "
    "much in jitter buffers",
    kills=frozenset({"LAT-007", "LAT-008", "LAT-009", "LAT-010"}),
    tampers=(f"{__name__}:{wrong_ages.__name__}",),
)
