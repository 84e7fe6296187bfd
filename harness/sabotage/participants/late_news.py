"""What an SDK tells of other people's doings comes 700 ms late, of who comes and goes 9 s."""

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
COMPANY_LATE_S = 9.0
"""Longer than a scenario stays: else an earlier joining is told when the next one is due."""
COMPANY = ("participant_connected", "participant_disconnected", "disconnected")


def late_news(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.told(_late)


def late_company(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.told(_late_company)


def _late(tell: Tell, event: SdkEvent) -> None:
    _tell(tell, event, LATE_S if event.name in LATE else 0.0)


def _late_company(tell: Tell, event: SdkEvent) -> None:
    _tell(tell, event, COMPANY_LATE_S if event.name in COMPANY else 0.0)


def _tell(tell: Tell, event: SdkEvent, after_s: float) -> None:
    if not after_s:
        tell(event)
        return
    late = replace(event, at_ns=event.at_ns + int(after_s * NS_PER_S))
    asyncio.get_running_loop().call_later(after_s, tell, late)


SABOTAGES = (
    Sabotage(
        name="late-news",
        breaks="mutes, unmutes, tracks that are taken back and changed permissions are told 0.7 s "
        "late",
        kills=frozenset({"LIFE-012", "MUTE-001", "MUTE-021", "MUTE-032", "PERM-024", "PERM-028"}),
        tampers=(f"{__name__}:{late_news.__name__}",),
    ),
    Sabotage(
        name="late-company",
        breaks="an application is told 9 s late of who joins, who leaves and that itself was put "
        "out",
        kills=frozenset(
            {
                *("LIFE-018", "LIFE-020", "LIFE-023", "LIFE-025", "LIFE-026", "LIFE-031"),
                *("LIFE-032", "LIFE-033"),
            }
        ),
        tampers=(f"{__name__}:{late_company.__name__}",),
    ),
)
