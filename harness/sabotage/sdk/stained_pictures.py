"""Pictures that are stained on their way into an encoder that was asked for by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.participant.tampered_memory import memory
from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.messages import Encoding, kept_picture
from harness.sabotage.sdk.tracks import VideoSources

if TYPE_CHECKING:
    from harness.participant.tampering import FfiRequest, FfiResponse, Send, Tampering

FIRST = "picture1"
"""Its stains are enough for the poorest of all. In H264 they cost bits, for which pictures are left
out at times."""
STAIN_PX, STAIN = 8, 28
"""Size of a stain, and by how much it is brighter."""


def stained_pictures(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.requests(_Stained().ask)


class _Stained:
    def __init__(self) -> None:
        self._sources = VideoSources()

    def ask(self, send: Send, request: FfiRequest) -> FfiResponse:
        picture = request.capture_video_frame.buffer
        chosen = self._sources.captured_for_codec(request)
        first = self._sources.captured_by(request, FIRST)
        if chosen and first and picture.type == Encoding.I420.wire:
            request = kept_picture(request)
            stain(request)
        response = send(request)
        self._sources.learn(request, response)
        return response


def stain(request: FfiRequest) -> None:
    """Brighten each second block of luma in the lowest third, like a chessboard; the code is above.

    The same blocks in each picture, so that they cost nothing to encode.
    """
    picture = request.capture_video_frame.buffer
    luma = memory(picture.data_ptr, picture.width * picture.height)
    lines = luma.reshape(picture.height, picture.width)[picture.height * 2 // 3 :]
    line, column = np.indices(lines.shape) // STAIN_PX
    stained = (line + column) % 2 == 0
    lines[stained] = np.minimum(lines[stained], 255 - STAIN) + STAIN


SABOTAGE = Sabotage(
    name="stained-pictures",
    breaks="pictures of a first track that is published in a codec of its own are stained",
    kills=frozenset({"PIC-014", "PIC-015", "PIC-016", "PIC-017"}),
    tampers=(f"{__name__}:{stained_pictures.__name__}",),
)
