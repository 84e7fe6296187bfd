"""A `disconnect` that returns at once and leaves the room five seconds later."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import Tampering

LATE_S = 5.0
LEAVING = ("alice", "bob")

Disconnect = Callable[..., Coroutine[Any, Any, None]]


def late_disconnect(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    if tampering.identity in LEAVING:
        tampering.replace("Room.disconnect", _later)


def _later(there: Disconnect) -> Disconnect:
    leaving: set[asyncio.Task[None]] = set()

    async def leave(room: object) -> None:
        await asyncio.sleep(LATE_S)
        await there(room)

    async def disconnect(room: object) -> None:
        leaving.add(asyncio.get_running_loop().create_task(leave(room)))

    return disconnect


SABOTAGE = Sabotage(
    name="late-disconnect",
    breaks="`disconnect` returns at once, and the server is told 5 s later",
    kills=frozenset({"LIFE-020", "LIFE-022", "LIFE-027"}),
    tampers=(f"{__name__}:{late_disconnect.__name__}",),
)
