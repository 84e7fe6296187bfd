"""The server never hears of a mute.

The client silences its track by itself, so the subscriber still hears nothing; what is missing is
everything that the server does: the announcement, and the end of the packets. The subscriber is
sent the publisher's silence and its black pictures for as long as the mute lasts.
"""

from __future__ import annotations

from livekit.protocol import rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage


class SwallowMute:
    """Drops each `mute` request of a client that mutes; an unmute passes."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        message = signal.protobuf
        if isinstance(message, rtc.SignalRequest) and message.mute.muted:
            return []
        return [signal]


SABOTAGE = Sabotage(
    name="swallow-mute",
    breaks="the request to mute a track never reaches the server",
    kills=frozenset(
        {
            *("MUTE-001", "MUTE-004", "MUTE-011", "MUTE-021", "MUTE-022", "MUTE-023", "MUTE-028"),
            *("MUTE-047", "NET-003", "NET-023"),
        }
    ),
    interceptors=(f"{__name__}:{SwallowMute.__name__}",),
)
