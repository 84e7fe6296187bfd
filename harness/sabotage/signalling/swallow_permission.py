"""The server never hears whom a publisher lets subscribe.

The call of the SDK returns as always, and everybody goes on to hear and see everything.
"""

from __future__ import annotations

from livekit.protocol import rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage


class SwallowPermission:
    """Drops each `subscription_permission` of a client that restricts who may subscribe."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        message = signal.protobuf
        if (
            isinstance(message, rtc.SignalRequest)
            and message.HasField("subscription_permission")
            and not message.subscription_permission.all_participants
        ):
            return []
        return [signal]


SABOTAGE = Sabotage(
    name="swallow-permission",
    breaks="a publisher's restriction of who may subscribe never reaches the server",
    kills=frozenset({"PERM-002", "PERM-003", "PERM-004", "PERM-011", "PERM-012"}),
    interceptors=(f"{__name__}:{SwallowPermission.__name__}",),
)
