"""Two WebSockets joined: frames, pings and closing pass from each to the other.

When one side closes, the other is closed with its code and reason; when one side dies without a
close frame, the other is aborted, so that it too sees a broken connection and not a polite end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import ClientWebSocketResponse, WebSocketError, WSCloseCode, WSMessage, WSMsgType, web

from harness.evidence.signalling import Direction
from harness.gateway.errors import MessageRefusedError

Socket = web.WebSocketResponse | ClientWebSocketResponse
Passes = Callable[[Direction], Awaitable[None]]
"""Waits until what a side says may pass: what it says next is not even read meanwhile."""
Process = Callable[[Direction, bytes], Awaitable[list[tuple[Direction, bytes]]]]
"""One binary message → what is to be delivered, each to the other end than its direction's. It may
raise MessageRefusedError, which ends the connection as a message does that is too long."""

UNSENDABLE = {WSCloseCode.ABNORMAL_CLOSURE, 1005, 1015}
"""Close codes that say that there was none: no close frame may carry them."""
MOST_REASON = 123
"""Bytes of a reason that a close frame has room for."""


@dataclass(frozen=True, kw_only=True)
class Closing:
    """How a connection ended."""

    by: Direction
    """The side that ended it."""
    code: int | None
    """Of its close frame; None when it died without one."""
    reason: bytes = b""


async def join(
    client: Socket, server: Socket, process: Process, passes: Passes, *, text: bool = False
) -> Closing:
    """Carry messages both ways until one side ends, then close the other, politely or not at all.

    A side's end is something it says, too: it is not seen while nothing passes.

    When the Closing has no code, the caller must abort the side that did not die.

    Args:
        client: One side.
        server: The other.
        process: Decides about each binary message.
        passes: Awaited before anything is passed on.
        text: Whether text frames pass, as they are. Else they are refused: the signalling of all
            SDKs is binary; the server would take JSON, too, but only to look at it by hand.
    """
    ways: list[tuple[Direction, Socket, Socket]] = [
        ("client", client, server),
        ("server", server, client),
    ]
    pumps = [
        asyncio.create_task(
            _pump(by, source, sink, process, passes, text=text), name=f"from the {by}"
        )
        for by, source, sink in ways
    ]
    try:
        done, _ = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        closing = next(pump for pump in pumps if pump in done).result()
    finally:
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
    if closing.code is not None:
        await _close(client, closing)
        await _close(server, closing)
    return closing


async def _pump(
    by: Direction, source: Socket, sink: Socket, process: Process, passes: Passes, *, text: bool
) -> Closing:
    other: Direction = "server" if by == "client" else "client"
    ends: dict[Direction, Socket] = {by: sink, other: source}
    while True:
        message = await source.receive()
        await passes(by)
        if message.type is WSMsgType.TEXT and not text:
            return Closing(by=by, code=WSCloseCode.UNSUPPORTED_DATA, reason=b"binary frames only")
        closing = _closing(by, message)
        if closing is not None:
            return closing
        try:
            if message.type is WSMsgType.PING:
                await sink.ping(message.data)
            elif message.type is WSMsgType.PONG:
                await sink.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                await sink.send_str(message.data)
            elif message.type is WSMsgType.BINARY:
                for direction, data in await process(by, message.data):
                    await ends[direction].send_bytes(data)
        except MessageRefusedError as refused:
            return Closing(
                by=by, code=WSCloseCode.MESSAGE_TOO_BIG, reason=str(refused).encode()[:MOST_REASON]
            )
        except ConnectionError:
            await passes(other)
            return Closing(by=other, code=None)


def _closing(by: Direction, message: WSMessage) -> Closing | None:
    if message.type is WSMsgType.CLOSE:
        code = message.data
        sendable = isinstance(code, int) and code >= 1000 and code not in UNSENDABLE
        reason = str(message.extra or "").encode()[:MOST_REASON]
        return Closing(by=by, code=code if sendable else WSCloseCode.OK, reason=reason)
    if message.type is WSMsgType.ERROR and isinstance(message.data, WebSocketError):
        return Closing(by=by, code=message.data.code, reason=b"bad frame")
    if message.type in (WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
        return Closing(by=by, code=None)
    return None


async def _close(socket: Socket, closing: Closing) -> None:
    try:
        await socket.close(code=closing.code or WSCloseCode.OK, message=closing.reason)
    except (ConnectionError, RuntimeError):
        return  # it is gone already
