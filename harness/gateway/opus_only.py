"""A client that knows no RED: plain Opus is all that it offers, and all that it answers.

Some clients are so; none of ours can be told to be. What one of them says of RED (RFC 2198) is
taken out of its session descriptions on the way to the server, which then has to send it Opus.
The client itself still believes that it knows RED, and is never sent any.
"""

from __future__ import annotations

from harness.gateway.codec_removal import descriptions_of, without_codec
from harness.gateway.interceptors import Signal

IDENTITY = "opus-only"
"""Who it is done to."""


class OpusOnly:
    """Takes RED out of what the participant called `opus-only` offers and answers."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        if signal.participant == IDENTITY:
            for description in descriptions_of(signal.protobuf):
                description.sdp = without_red(description.sdp)
        return [signal]


def without_red(sdp: str) -> str:
    """The description without RED for sound; all else stays, line for line."""
    return without_codec(sdp, medium="audio", codec="red")
