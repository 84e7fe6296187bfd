"""A participant whose SDK is asked to mute a second after it said that it was."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from harness.evidence.clock import now_ns
from harness.participant.protocol import Done, Mute
from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import CarryOut, Command, Tampering

LATE_S = 1.0


def late_mute(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.commands(_late)


async def _late(carry_out: CarryOut, command: Command) -> object:
    if not isinstance(command, Mute):
        return await carry_out()
    asked = Done(at_ns=now_ns())
    await asyncio.sleep(LATE_S)
    await carry_out()
    return asked


SABOTAGE = Sabotage(
    name="late-mute",
    breaks="a mute is done a second after it was asked for",
    kills=frozenset(
        {
            *("MUTE-001", "MUTE-002", "MUTE-003", "MUTE-004", "MUTE-006"),
            *("MUTE-010", "MUTE-011", "MUTE-025", "MUTE-026", "MUTE-027"),
            *("MUTE-028", "NET-003", "NET-004"),
        }
    ),
    tampers=(f"{__name__}:{late_mute.__name__}",),
)
