"""Statistics whose figures are off, a little more than they may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import FfiEvent, Put, Tampering

JITTER_S = 0.02
ROUND_TRIP_S = 0.1
DECODED_RATIO = 1.1
FRAMES_PER_SECOND = 8
FREEZES = 1


def false_statistics(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.events(_falsify)


def _falsify(put: Put, event: FfiEvent) -> None:
    if event.WhichOneof("message") == "get_session_stats":
        result = event.get_session_stats.result
        for entry in (*result.publisher_stats, *result.subscriber_stats):
            _falsify_entry(entry)
    put(event)


def _falsify_entry(entry: Any) -> None:  # noqa: ANN401 - a message of the SDK
    if entry.HasField("inbound_rtp"):
        entry.inbound_rtp.received.jitter += JITTER_S
        inbound = entry.inbound_rtp.inbound
        inbound.frames_decoded = int(inbound.frames_decoded * DECODED_RATIO)
        inbound.frames_per_second += FRAMES_PER_SECOND
        inbound.freeze_count += FREEZES
    elif entry.HasField("remote_inbound_rtp"):
        entry.remote_inbound_rtp.received.jitter += JITTER_S
        entry.remote_inbound_rtp.remote_inbound.round_trip_time += ROUND_TRIP_S
    elif entry.HasField("candidate_pair"):
        entry.candidate_pair.candidate_pair.current_round_trip_time += ROUND_TRIP_S


SABOTAGE = Sabotage(
    name="false-statistics",
    breaks="statistics tell too much jitter, round trips that are too long, and too many pictures "
    "and freezes",
    kills=frozenset({"NUM-001", "NUM-002", "NUM-003", "NUM-004", "NUM-005", "NUM-006", "NUM-007"}),
    tampers=(f"{__name__}:{false_statistics.__name__}",),
)
