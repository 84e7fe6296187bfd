"""A client that knows no VP8: it can be sent no picture in the codec that the SDK publishes.

Some clients lack a codec; none of ours can be told to. What the participant says of VP8, and of its
retransmissions (RFC 4588), is taken out of its session descriptions on the way to the server.
"""

from __future__ import annotations

from harness.gateway.codec_removal import descriptions_of, without_codec
from harness.gateway.interceptors import Signal

IDENTITY = "no-vp8"
"""Who it is done to."""


class NoVp8:
    """Takes VP8 out of what the participant called `no-vp8` offers and answers."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        if signal.participant == IDENTITY:
            for description in descriptions_of(signal.protobuf):
                description.sdp = without_vp8(description.sdp)
        return [signal]


def without_vp8(sdp: str) -> str:
    """The description without VP8; all else stays, line for line."""
    return without_codec(sdp, medium="video", codec="VP8")
