"""The server never hears that a subscriber wants less than the best quality."""

from __future__ import annotations

from livekit.protocol import models, rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage


class SwallowQuality:
    """Drops each `track_setting` of a client that asks for a quality below the highest."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        message = signal.protobuf
        if (
            isinstance(message, rtc.SignalRequest)
            and message.HasField("track_setting")
            and message.track_setting.quality != models.VideoQuality.HIGH
        ):
            return []
        return [signal]


SABOTAGE = Sabotage(
    name="swallow-quality",
    breaks="a subscriber's wish for a lower quality never reaches the server",
    kills=frozenset(
        {
            *("LAY-001", "LAY-002", "LAY-006", "LAY-013", "LAY-014", "LAY-022", "LAY-023"),
            "PIC-013",
        }
    ),
    interceptors=(f"{__name__}:{SwallowQuality.__name__}",),
)
