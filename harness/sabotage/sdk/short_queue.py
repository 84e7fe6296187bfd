"""A source's queue is half as long as an application asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import FfiRequest, FfiResponse, Send, Tampering

TICK_MS = 10
"""The native library ends the process when a queue is no multiple of it."""


def short_queue(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.requests(_halve)


def _halve(send: Send, request: FfiRequest) -> FfiResponse:
    if request.WhichOneof("message") == "new_audio_source":
        wanted_ms = request.new_audio_source.queue_size_ms
        request.new_audio_source.queue_size_ms = wanted_ms // 2 // TICK_MS * TICK_MS
    return send(request)


SABOTAGE = Sabotage(
    name="short-queue",
    breaks="the queue of every source is half as long as asked for",
    kills=frozenset({"AUD-001", "AUD-002", "AUD-004"}),
    tampers=(f"{__name__}:{short_queue.__name__}",),
)
