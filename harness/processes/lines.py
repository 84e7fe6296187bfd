"""One JSON object a line over a stream socket: how a run and its programs talk."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Self

import msgspec

MAX_LINE = 1 << 20
"""Bytes of one line with its newline, both ways; who reads may take longer ones."""
MAX_WAITING = 8 << 20
"""Bytes that may wait for the other side to read them."""


class ChannelFullError(Exception):
    """The other side does not read: the line was not accepted and nothing of it was sent."""


class ChannelClosedError(Exception):
    """The channel was closed or the other side has ended: the line was not accepted."""


class LineChannel:
    """A stream of JSON lines in both directions, for one asyncio loop."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, longest: int
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._longest = longest

    @classmethod
    async def open(cls, sock: socket.socket, *, longest: int = MAX_LINE) -> Self:
        """Take over a connected stream socket.

        Args:
            sock: It.
            longest: Bytes of a line of the other side.
        """
        sock.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=sock, limit=longest)
        return cls(reader, writer, longest)

    async def read(self) -> bytes | None:
        """The next line without its newline; None at the end.

        A last line without a newline was cut off by the end of its writer and is not returned.

        Raises:
            ValueError: a line is longer than the longest.
        """
        try:
            line = await self._reader.readuntil(b"\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        except asyncio.LimitOverrunError as error:
            raise ValueError(f"a line is longer than {self._longest} bytes") from error
        return line[:-1]

    def write(self, obj: object) -> None:
        """Queue one object as a line; never blocks.

        Args:
            obj: anything that `msgspec.json` encodes.

        Raises:
            ChannelFullError: `MAX_WAITING` bytes wait to be read already.
            ChannelClosedError: nobody can read it any more.
            ValueError: the line is longer than `MAX_LINE`.
        """
        line = msgspec.json.encode(obj) + b"\n"
        if len(line) > MAX_LINE:
            raise ValueError(f"a line of {len(line)} bytes is longer than {MAX_LINE}")
        if self._writer.is_closing():
            raise ChannelClosedError("the other side has ended")
        waiting = self._writer.transport.get_write_buffer_size()
        if waiting + len(line) > MAX_WAITING:
            raise ChannelFullError(f"{waiting} bytes wait for the other side to read them")
        self._writer.write(line)

    async def close(self) -> None:
        """Close; what the kernel could not take after a second is lost."""
        self._writer.close()
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(1.0):
                await self._writer.wait_closed()
        self._writer.transport.abort()
