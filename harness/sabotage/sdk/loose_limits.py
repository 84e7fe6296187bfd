"""Limits of a picture's publication that are not kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import FfiRequest, FfiResponse, Send, Tampering

TIMES = 3
LOW_BPS = 300_000
"""Only limits up to here are loosened."""


def loose_limits(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.requests(_loosen)


def _loosen(send: Send, request: FfiRequest) -> FfiResponse:
    encoding = request.publish_track.options.video_encoding
    if 0 < encoding.max_bitrate <= LOW_BPS:
        limits = request.publish_track.options.video_encoding
        limits.max_bitrate *= TIMES
        limits.max_framerate *= TIMES
    return send(request)


SABOTAGE = Sabotage(
    name="loose-limits",
    breaks="low limits of bit rate and frame rate are taken three times as high",
    kills=frozenset({"VID-053", "VID-054"}),
    tampers=(f"{__name__}:{loose_limits.__name__}",),
)
