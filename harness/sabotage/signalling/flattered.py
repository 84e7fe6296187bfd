"""Everybody is told that its connection is excellent."""

from __future__ import annotations

from livekit.protocol import models, rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage


class Flattered:
    """Says `EXCELLENT` of everybody in a `connection_quality`."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        message = signal.protobuf
        if isinstance(message, rtc.SignalResponse):
            for told in message.connection_quality.updates:
                told.quality = models.ConnectionQuality.EXCELLENT
        return [signal]


SABOTAGE = Sabotage(
    name="flattered",
    breaks="everybody is told that its connection is excellent",
    kills=frozenset({"NUM-011"}),
    interceptors=(f"{__name__}:{Flattered.__name__}",),
)
