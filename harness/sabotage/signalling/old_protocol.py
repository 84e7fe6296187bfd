"""Clients that are said to speak a protocol in which a media stream has one track."""

from __future__ import annotations

from livekit.protocol import rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage

PROTOCOL = 9
"""The last one before receivers are told of common streams."""


class OldProtocol:
    """Lowers the protocol in each join request."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        if isinstance(signal.protobuf, rtc.JoinRequest):
            signal.protobuf.client_info.protocol = PROTOCOL
        return [signal]


SABOTAGE = Sabotage(
    name="old-protocol",
    breaks="clients are said to speak a protocol in which each track is a media stream of its own",
    kills=frozenset({"SYNC-006"}),
    interceptors=(f"{__name__}:{OldProtocol.__name__}",),
)
