"""The server never hears that a publisher lets somebody subscribe to one of its tracks."""

from __future__ import annotations

from livekit.protocol import rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage


class SwallowGrant:
    """Drops each `subscription_permission` that names tracks."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        message = signal.protobuf
        if isinstance(message, rtc.SignalRequest) and any(
            one.track_sids for one in message.subscription_permission.track_permissions
        ):
            return []
        return [signal]


SABOTAGE = Sabotage(
    name="swallow-grant",
    breaks="a publisher's permission for a single track never reaches the server",
    kills=frozenset({"PERM-010"}),
    interceptors=(f"{__name__}:{SwallowGrant.__name__}",),
)
