"""Pictures that are lost on their way into an encoder that was asked for by name."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from harness.participant.tampering import not_sent
from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.tracks import VideoSources

if TYPE_CHECKING:
    from harness.participant.tampering import FfiRequest, FfiResponse, Send, Tampering


def half_the_pictures(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.requests(_Half().ask)


class _Half:
    def __init__(self) -> None:
        self._sources = VideoSources()
        self._captures: Counter[int] = Counter()

    def ask(self, send: Send, request: FfiRequest) -> FfiResponse:
        if self._sources.captured_for_codec(request):
            source = request.capture_video_frame.source_handle
            self._captures[source] += 1
            if self._captures[source] % 2:
                return not_sent()
        response = send(request)
        self._sources.learn(request, response)
        return response


SABOTAGE = Sabotage(
    name="half-the-pictures",
    breaks="of a track that is published in a codec of its own every other picture is lost",
    kills=frozenset({"VID-047", "VID-048", "VID-049", "VID-050", "EX-005"}),
    tampers=(f"{__name__}:{half_the_pictures.__name__}",),
)
