"""The server hears that a subscriber wants the lowest quality when it asks for the highest."""

from __future__ import annotations

from livekit.protocol import models, rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage


class HighIsLow:
    """Changes the quality in each `track_setting` of a client that asks for the highest."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        message = signal.protobuf
        if (
            isinstance(message, rtc.SignalRequest)
            and message.track_setting.quality == models.VideoQuality.HIGH
        ):
            message.track_setting.quality = models.VideoQuality.LOW
        return [signal]


SABOTAGE = Sabotage(
    name="high-is-low",
    breaks="who asks for the highest quality is taken to ask for the lowest",
    kills=frozenset({"LAY-003", "LAY-019", "PIC-013"}),
    interceptors=(f"{__name__}:{HighIsLow.__name__}",),
)
