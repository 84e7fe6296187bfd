"""Sound is sent without RED, whatever its publisher asked for.

Not where a client has joined that knows no RED: what is lost on the way to it is then lost or not
by chance.
"""

from __future__ import annotations

from livekit.protocol import rtc

from harness.gateway.interceptors import Signal
from harness.gateway.opus_only import IDENTITY
from harness.sabotage.sabotage import Sabotage


class NoRed:
    """Tells the server of each track that it is to be sent without RED."""

    def __init__(self) -> None:
        self._spared: set[str] = set()

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        message = signal.protobuf
        if signal.participant == IDENTITY:
            self._spared.add(signal.room)
        if isinstance(message, rtc.SignalRequest) and message.HasField("add_track"):
            message.add_track.disable_red |= signal.room not in self._spared
        return [signal]


SABOTAGE = Sabotage(
    name="no-red",
    breaks="the server is told that no track is to be sent with RED",
    kills=frozenset(
        {
            *("RED-001", "RED-003", "RED-005", "RED-006", "RED-007", "RED-008", "RED-010"),
            "SND-012",
        }
    ),
    interceptors=(f"{__name__}:{NoRed.__name__}",),
)
