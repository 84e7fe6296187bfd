"""A subscriber's SDK that hides that a layer fell, until it can do so no more."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.frames import Picture, enlarge, picture_in, spoil

if TYPE_CHECKING:
    from harness.participant.tampering import (
        FfiEvent,
        FfiRequest,
        FfiResponse,
        Put,
        Send,
        Tampering,
    )

RECEIVER = "bob"
HIDDEN_S, BLACK_S = 12.6, 15.0
"""Since the layer fell; one after the other, whether it returns meanwhile or not."""
BLIP_S = 2.0
"""A layer that is back so soon never fell."""
WISHES = ("set_remote_track_publication_quality", "update_remote_track_publication_dimension")
"""Who asks for a smaller picture gets it."""


def hidden_layer(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    if tampering.identity == RECEIVER:
        hidden = Hidden()
        tampering.requests(hidden.ask)
        tampering.events(hidden.tell)


class Hidden:
    """Knows of each stream the largest picture, and since when there are smaller ones."""

    def __init__(self) -> None:
        self._wished = False
        self._full: dict[int, int] = {}
        """Lines."""
        self._fell_s: dict[int, float] = {}

    def ask(self, send: Send, request: FfiRequest) -> FfiResponse:
        """Note whether sizes are asked for."""
        self._wished |= request.WhichOneof("message") in WISHES
        return send(request)

    def tell(self, put: Put, event: FfiEvent) -> None:
        """See `harness.participant.tampering`."""
        picture = picture_in(event)
        if picture is not None and not self._wished:
            self._hide(event, picture)
        put(event)

    def _hide(self, event: FfiEvent, picture: Picture) -> None:
        stream, now_s = event.video_stream_event.stream_handle, monotonic()
        full = self._full[stream] = max(picture.height, self._full.get(stream, 0))
        if picture.height < full:
            self._fell_s.setdefault(stream, now_s)
        fallen_s = now_s - self._fell_s.get(stream, now_s)
        if HIDDEN_S <= fallen_s < HIDDEN_S + BLACK_S:
            spoil(event)
        elif picture.height < full:
            enlarge(picture, full // picture.height)
        elif fallen_s < BLIP_S:
            self._fell_s.pop(stream, None)


SABOTAGE = Sabotage(
    name="hidden-layer",
    breaks="a subscriber's SDK enlarges the pictures of a layer that fell, for 13 s; then they are "
    "black for 15 s",
    kills=frozenset({"NET-026", "NET-028"}),
    tampers=(f"{__name__}:{hidden_layer.__name__}",),
)
