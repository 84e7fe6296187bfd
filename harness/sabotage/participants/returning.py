"""A participant that a moderator removes and that joins again at once, with the token it has."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.evidence.sdk_event import SdkEvent
    from harness.participant.tampering import Tampering, Tell

REMOVED = "PARTICIPANT_REMOVED"

Connect = Callable[..., Coroutine[Any, Any, None]]


def returning(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    one = _Returning()
    tampering.replace("Room.connect", one.connecting)
    tampering.told(one.tell)


class _Returning:
    """Remembers how it joined."""

    def __init__(self) -> None:
        self._again: Connect | None = None
        self._back: asyncio.Task[None] | None = None

    def connecting(self, there: Connect) -> Connect:
        async def connect(room: object, *arguments: object) -> None:
            await there(room, *arguments)
            self._again = lambda: there(type(room)(), *arguments)

        return connect

    def tell(self, tell: Tell, event: SdkEvent) -> None:
        tell(event)
        if event.details.get("reason") == REMOVED and self._again is not None:
            self._back = asyncio.get_running_loop().create_task(self._again())


SABOTAGE = Sabotage(
    name="returning",
    breaks="who is removed by a moderator joins again at once",
    kills=frozenset({"LIFE-035"}),
    tampers=(f"{__name__}:{returning.__name__}",),
)
