"""The server never hears that a subscriber wants a track no longer.

The client's SDK says at once that it is unsubscribed; its media goes on.
"""

from __future__ import annotations

from livekit.protocol import rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage


class SwallowUnsubscription:
    """Drops each `subscription` of a client that gives tracks up."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        message = signal.protobuf
        if (
            isinstance(message, rtc.SignalRequest)
            and message.HasField("subscription")
            and not message.subscription.subscribe
        ):
            return []
        return [signal]


SABOTAGE = Sabotage(
    name="swallow-unsubscription",
    breaks="the request to unsubscribe from a track never reaches the server",
    kills=frozenset({"SUB-007", "SUB-008", "SUB-012", "SUB-013", "LAY-017"}),
    interceptors=(f"{__name__}:{SwallowUnsubscription.__name__}",),
)
