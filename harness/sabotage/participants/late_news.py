"""What an SDK tells of other people's doings comes 700 ms late."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.evidence.clock import NS_PER_S
from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.evidence.sdk_event import SdkEvent
    from harness.participant.tampering import Tampering, Tell

LATE_S = 0.7
LATE = (
    "track_muted", "track_unmuted", "track_unpublished", "participant_permissions_changed",
)  # fmt: skip


def late_news(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.told(_late)


def _late(tell: Tell, event: SdkEvent) -> None:
    if event.name not in LATE:
        tell(event)
        return
    late = replace(event, at_ns=event.at_ns + int(LATE_S * NS_PER_S))
    asyncio.get_running_loop().call_later(LATE_S, tell, late)


SABOTAGE = Sabotage(
    name="late-news",
    breaks="mutes, unmutes, tracks that are taken back and changed permissions are told 0.7 s late",
    kills=frozenset({"MUTE-001", "MUTE-021", "MUTE-032", "PERM-024", "PERM-028"}),
    tampers=(f"{__name__}:{late_news.__name__}",),
)
