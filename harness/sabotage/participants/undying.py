"""A participant that its killer misses: it goes on in a process that nobody knows of.

The process that the run started forks, waits, and is what is killed. Where it is not, the other
ends first, as any participant, when its line to the run is closed.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import Tampering

UNDYING = "alice"


def undying(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    if tampering.identity == UNDYING:
        _live_on()


def _live_on() -> None:
    """Return in another process; this one ends with that."""
    loop = asyncio.get_running_loop()
    process = os.fork()
    if process:
        _, status = os.waitpid(process, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    os.setsid()  # a signal to the group of the one that is known does not reach it
    asyncio._set_running_loop(loop)  # noqa: SLF001 - it runs in the process that it was made in


SABOTAGE = Sabotage(
    name="undying",
    breaks="a participant whose process was killed goes on",
    kills=frozenset({"LIFE-028", "LIFE-029", "LIFE-030"}),
    tampers=(f"{__name__}:{undying.__name__}",),
)
