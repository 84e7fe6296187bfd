"""A participant whose process dies, or stands still for seconds, when it is asked to mute.

What it was to hand over meanwhile is missing, for which no deployment is to blame.
"""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from harness.participant.protocol import Mute
from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import CarryOut, Command, Tampering

STILL_S = 3.0
ASKED = frozenset({"MUTE-001", "MUTE-002", "MUTE-009", "MUTE-010", "MUTE-023", "MUTE-026"})
"""One clause of some scenarios in which somebody mutes; what else such a scenario judges is left
without a verdict as well."""


def dying(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.commands(_die)


async def _die(carry_out: CarryOut, command: Command) -> object:
    if isinstance(command, Mute):
        os.kill(os.getpid(), signal.SIGKILL)
    return await carry_out()


def stalling(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.commands(_stall)


async def _stall(carry_out: CarryOut, command: Command) -> object:
    if isinstance(command, Mute):
        time.sleep(STILL_S)  # noqa: ASYNC251 - the event loop is to stand still
    return await carry_out()


SABOTAGES = (
    Sabotage(
        name="dying",
        breaks="the process of a participant ends when it is asked to mute",
        starves=ASKED,
        tampers=(f"{__name__}:{dying.__name__}",),
    ),
    Sabotage(
        name="stalling",
        breaks="the process of a participant stands still for 3 s when it is asked to mute",
        starves=frozenset({"MUTE-016"}),
        disturbs="of the sound handed over behind schedule",
        tampers=(f"{__name__}:{stalling.__name__}",),
    ),
)
