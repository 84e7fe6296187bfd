"""A server that subscribes everybody to everything, whoever asked for nothing included.

Applications are told of a track a second after that, so that asking for it comes too late to
matter.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from livekit.protocol import rtc

from harness.evidence.clock import NS_PER_S
from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.evidence.sdk_event import SdkEvent
    from harness.participant.tampering import Tampering, Tell

LATE_S = 1.0


class EverythingSubscribed:
    """Turns automatic subscription on in each join request."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        if isinstance(signal.protobuf, rtc.JoinRequest):
            signal.protobuf.connection_settings.auto_subscribe = True
        return [signal]


def told_later(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.told(_late_publications)


def _late_publications(tell: Tell, event: SdkEvent) -> None:
    if event.name != "track_published":
        tell(event)
        return
    late = replace(event, at_ns=event.at_ns + int(LATE_S * NS_PER_S))
    asyncio.get_running_loop().call_later(LATE_S, tell, late)


SABOTAGE = Sabotage(
    name="everything-subscribed",
    breaks="participants that joined without automatic subscription are subscribed to everything, "
    "before they are told of it",
    kills=frozenset({"SUB-003", "SUB-004", "SUB-015", "SUB-016"}),
    interceptors=(f"{__name__}:{EverythingSubscribed.__name__}",),
    tampers=(f"{__name__}:{told_later.__name__}",),
)
