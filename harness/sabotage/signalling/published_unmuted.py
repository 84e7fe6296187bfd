"""A server that is not told that a track was muted before it was published.

The client shows the track as muted and sends what its source captures all the same, and the server
forwards that.
"""

from __future__ import annotations

from livekit.protocol import rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage


class PublishedUnmuted:
    """Clears the flag in each `add_track` of a client."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        message = signal.protobuf
        if isinstance(message, rtc.SignalRequest) and message.HasField("add_track"):
            message.add_track.muted = False
        return [signal]


SABOTAGE = Sabotage(
    name="published-unmuted",
    breaks="the server is told of each new track that it is not muted",
    kills=frozenset({"MUTE-041", "MUTE-042"}),
    interceptors=(f"{__name__}:{PublishedUnmuted.__name__}",),
)
