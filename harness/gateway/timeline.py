"""The TCP side of a participant's profile, phase by phase."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from harness.evidence.clock import NS_PER_S
from harness.network.phase import Phase

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Timeline:
    """Applies each phase at its time; the last one holds for good.

    It begins with the first `start`; a further one takes the place of what plays.
    """

    apply: Callable[[Phase], Awaitable[None]]
    """Must not raise."""
    now_ns: Callable[[], int]
    sleep: Callable[[float], Awaitable[object]]
    """Of seconds."""
    phase: int | None = None
    """Number of the phase that is in force, from 0; None before the first one."""
    at_ns: int = 0
    """Time 0 of the phases, monotonic ns, once it has begun."""
    _playing: asyncio.Task[None] | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def start(self, phases: Sequence[Phase], at_ns: int) -> None:
        """Begin; the first phase is in force when this returns.

        Args:
            phases: In order of time, the first at 0.
            at_ns: Time 0 of the phases, monotonic ns.
        """
        async with self._lock:
            await self._stop()
            self.at_ns = at_ns
            await self._apply(phases, 0)
            if len(phases) > 1:
                self._playing = asyncio.create_task(self._play(phases, at_ns), name="timeline")
                self._playing.add_done_callback(_report)

    async def forget(self) -> None:
        """As if it had not begun; what is in force stays so until it does."""
        async with self._lock:
            await self._stop()
            self.phase = None

    async def close(self) -> None:
        """Apply nothing any more."""
        async with self._lock:
            await self._stop()

    async def _stop(self) -> None:
        playing, self._playing = self._playing, None
        if playing is not None:
            playing.cancel()
            await asyncio.wait([playing])

    async def _play(self, phases: Sequence[Phase], at_ns: int) -> None:
        for number in range(1, len(phases)):
            while (wait_ns := at_ns + phases[number].at_ns - self.now_ns()) > 0:
                await self.sleep(wait_ns / NS_PER_S)
            await self._apply(phases, number)

    async def _apply(self, phases: Sequence[Phase], number: int) -> None:
        await self.apply(phases[number])
        self.phase = number


def _report(playing: asyncio.Task[None]) -> None:
    if not playing.cancelled() and (error := playing.exception()) is not None:
        log.error("a profile cannot be played further: %s: %s", type(error).__name__, error)
