"""Media over TCP: a listener that stands in for one ICE-TCP candidate of the server."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

from harness.evidence.ledger_records import DIRECTIONS, Direction
from harness.gateway.errors import ToxiproxyError
from harness.gateway.tcp_way import Address, TcpWay

log = logging.getLogger(__name__)

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

MAX_CONNECTIONS = 64
"""Of one listener: a client has one or two at a time."""
CONNECT_LIMIT_S = 5.0
FLUSH_LIMIT_S = 5.0
"""For what waits to be read when both sides have said their last word."""
CHUNK_BYTES = 64 * 1024
"""Read at once; no more than a few of these wait in one direction of a connection."""


@dataclass(kw_only=True)
class Forwarder:
    """Carries bytes between who connects here and one address of the server.

    Each direction is held up by TCP itself when its reader is slow, and ends by itself: a half
    close passes. When one side dies the other is aborted.
    """

    way: TcpWay
    upstream: Address
    address: Address = ("", 0)
    _server: asyncio.Server | None = None
    _carrying: set[asyncio.Task[None]] = field(default_factory=set)

    async def open(self, host: str) -> None:
        """Listen on a free port.

        Raises:
            OSError: that cannot be.
        """
        self._server = await asyncio.start_server(self._accept, host, 0, limit=CHUNK_BYTES)
        self.address = self._server.sockets[0].getsockname()

    async def close(self) -> None:
        """Stop listening and abort all connections."""
        if self._server is not None:
            self._server.close()
        for task in self._carrying:
            task.cancel()
        if self._carrying:
            await asyncio.wait(self._carrying)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        closed = self._server is None or not self._server.is_serving()
        if closed or self.way.cut or len(self._carrying) >= MAX_CONNECTIONS:
            writer.transport.abort()
            return
        carrying = asyncio.create_task(self._carry(reader, writer), name="ICE-TCP")
        self._carrying.add(carrying)
        carrying.add_done_callback(self._carrying.discard)
        carrying.add_done_callback(lambda _: writer.transport.abort())

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with self.way.carried(writer.transport.abort):
            try:
                async with asyncio.timeout(CONNECT_LIMIT_S):
                    host, port = await self.way.dial(self.upstream)
                    back = await asyncio.open_connection(host, port, limit=CHUNK_BYTES)
            except (OSError, ToxiproxyError) as error:
                writer.transport.abort()
                log.warning("%s: no connection to the server: %s", self.way.label, error)
                return
            with self.way.carried(back[1].transport.abort):
                await self._join((reader, writer), back)

    async def _join(self, client: Streams, server: Streams) -> None:
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump("up", client[0], server[1]))
                both.create_task(self._pump("down", server[0], client[1]))
            await _flush(client[1], server[1])
        except* OSError:
            pass  # one side died, which is what the other is to see
        finally:
            client[1].transport.abort()
            server[1].transport.abort()

    async def _pump(
        self, direction: Direction, source: asyncio.StreamReader, sink: asyncio.StreamWriter
    ) -> None:
        try:
            while data := await source.read(CHUNK_BYTES):
                await self.way.passes(direction)
                sink.write(data)
                await sink.drain()
        except OSError:  # of either side: its end passes no stall, whichever way it goes
            for way in DIRECTIONS:
                await self.way.passes(way)
            raise
        await self.way.passes(direction)  # nor does an end that is polite
        sink.write_eof()


async def _flush(*writers: asyncio.StreamWriter) -> None:
    async with asyncio.timeout(FLUSH_LIMIT_S):
        for writer in writers:
            writer.close()
            await writer.wait_closed()
