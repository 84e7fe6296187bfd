"""Captures of pictures that are lost before they are encoded, so that the pictures alone tell."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from harness.participant.tampering import not_sent
from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import FfiRequest, FfiResponse, Send, Tampering

LOST = range(180, 222)
"""Captures of a source, counted from 0: in the seventh second of 30 a second."""


def lost_captures(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.requests(Lost().ask)


class Lost:
    """Counts the captures of each source."""

    def __init__(self) -> None:
        self._captures: Counter[int] = Counter()

    def ask(self, send: Send, request: FfiRequest) -> FfiResponse:
        """Send all but the captures that are lost."""
        if request.WhichOneof("message") == "capture_video_frame":
            source = request.capture_video_frame.source_handle
            number = self._captures[source]
            self._captures[source] += 1
            if number in LOST:
                return not_sent()
        return send(request)


SABOTAGE = Sabotage(
    name="lost-captures",
    breaks="of each camera 42 captures in a row are lost, which is 1.4 s of a fast one",
    kills=frozenset({"FRZ-001", "FRZ-002"}),
    clean_only=True,
    tampers=(f"{__name__}:{lost_captures.__name__}",),
)
