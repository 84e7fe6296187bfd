"""Statistics in which a receiver counts each concealment four times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import FfiEvent, Put, Tampering

TIMES = 4


def miscounted_concealments(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.events(_miscount)


def _miscount(put: Put, event: FfiEvent) -> None:
    if event.WhichOneof("message") == "get_session_stats":
        result = event.get_session_stats.result
        for entry in (*result.publisher_stats, *result.subscriber_stats):
            if entry.HasField("inbound_rtp"):
                entry.inbound_rtp.inbound.concealment_events *= TIMES
    put(event)


SABOTAGE = Sabotage(
    name="miscounted-concealments",
    breaks="a receiver's statistics count each concealment four times",
    kills=frozenset({"SND-010"}),
    tampers=(f"{__name__}:{miscounted_concealments.__name__}",),
)
