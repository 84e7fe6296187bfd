"""The server never hears that a subscriber wants no media of a track for now."""

from __future__ import annotations

from livekit.protocol import rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage


class SwallowPause:
    """Drops each `track_setting` that disables; one that enables passes."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        message = signal.protobuf
        if isinstance(message, rtc.SignalRequest) and message.track_setting.disabled:
            return []
        return [signal]


SABOTAGE = Sabotage(
    name="swallow-pause",
    breaks="the request to disable a subscribed track never reaches the server",
    kills=frozenset({"SUB-027", "SUB-029"}),
    interceptors=(f"{__name__}:{SwallowPause.__name__}",),
)
