"""A server that tells clients to give signalling up after two seconds without an answer."""

from __future__ import annotations

from livekit.protocol import rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage

PING_S, GIVEN_UP_S = 1, 2


class Impatient:
    """Changes what the server says of pings when a client joins."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        message = signal.protobuf
        if isinstance(message, rtc.SignalResponse) and message.HasField("join"):
            message.join.ping_interval = PING_S
            message.join.ping_timeout = GIVEN_UP_S
        return [signal]


SABOTAGE = Sabotage(
    name="impatient",
    breaks="clients are told to give signalling up after two seconds without an answer",
    kills=frozenset({"NET-024"}),
    interceptors=(f"{__name__}:{Impatient.__name__}",),
)
