"""Client connections that ask for nothing: half open, or with a request that never comes whole."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web

IDLE_LIMIT_S = 30.0
"""Also between two requests of one connection."""
PERIOD_S = 5.0


class IdleSweep:
    """Ends connections to an aiohttp server that have had no request under way for too long.

    aiohttp itself has no limit for the time that the head of a request takes.
    """

    def __init__(self) -> None:
        self._busy: set[asyncio.BaseTransport] = set()
        self._since_s: dict[asyncio.BaseTransport, float] = {}

    @web.middleware
    async def middleware(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        """To be the first of the application: says that a request is under way."""
        transport = request.transport
        if transport is None:
            return await handler(request)
        self._busy.add(transport)
        try:
            return await handler(request)
        finally:
            self._busy.discard(transport)

    def sweep(self, transports: Iterable[asyncio.BaseTransport], now_s: float) -> int:
        """Abort what has been idle for too long; how many that were.

        Args:
            transports: Of all connections that are open.
            now_s: Monotonic time.
        """
        idle = {one for one in transports if one not in self._busy}
        self._since_s = {one: self._since_s.get(one, now_s) for one in idle}
        late = [one for one, since_s in self._since_s.items() if now_s - since_s >= IDLE_LIMIT_S]
        for transport in late:
            assert isinstance(transport, asyncio.Transport)
            transport.abort()
        return len(late)

    async def run(self, server: web.Server) -> None:
        """Sweep every five seconds, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(PERIOD_S)
            connections = (one.transport for one in server.connections)
            self.sweep((one for one in connections if one is not None), loop.time())
