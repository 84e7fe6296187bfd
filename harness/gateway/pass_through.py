"""What is not signalling passes as it is: HTTP requests, and WebSockets of other kinds."""

from __future__ import annotations

import asyncio

from aiohttp import ClientError, web
from google.protobuf.message import DecodeError
from livekit.protocol import agent

from harness.evidence.signalling import Direction
from harness.gateway.tunnel import Closing, join
from harness.gateway.upstream import CLOSE_LIMIT_S, MAX_MESSAGE_BYTES, Upstream, end_to_end

BODY_LIMIT_S = 30.0
CHUNK_BYTES = 64 * 1024


class SlowBodyError(Exception):
    """The body of a request did not come in time."""


async def pass_http(request: web.Request, way: Upstream) -> web.StreamResponse:
    """Ask the server what a client asked, and answer what it answers.

    Raises:
        SlowBodyError: the client did not send its request to the end.
        UpstreamUnreachableError: the server does not answer.
    """
    try:
        async with asyncio.timeout(BODY_LIMIT_S):
            body = await request.read()
    except TimeoutError:
        raise SlowBodyError from None
    headers = end_to_end(request.headers)
    async with way.request(request.method, request.raw_path, headers, body) as answer:
        response = web.StreamResponse(
            status=answer.status, reason=answer.reason, headers=end_to_end(answer.headers)
        )
        if "Content-Length" in answer.headers:
            response.content_length = int(answer.headers["Content-Length"])
        await response.prepare(request)
        try:
            async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
                await response.write(chunk)
            await response.write_eof()
        except (ClientError, OSError, TimeoutError):
            if request.transport is not None:
                request.transport.abort()  # a cut body must not look complete
        return response


async def pass_websocket(request: web.Request, way: Upstream) -> web.WebSocketResponse:
    """Join a WebSocket of no participant to the server's: that of an agent's worker.

    Raises:
        UpstreamRefusedError: the server answered with another status.
        UpstreamUnreachableError: it did not answer.
    """
    async with way.websocket(request.raw_path, end_to_end(request.headers)) as server:
        client = accept(server.protocol)
        await client.prepare(request)
        closing = Closing(by="server", code=None)
        try:
            closing = await join(client, server, _as_it_is, _at_once, text=True)
        finally:
            if closing.code is None and request.transport is not None:
                request.transport.abort()
        return client


def accept(protocol: str | None) -> web.WebSocketResponse:
    """The client's end of a WebSocket whose server chose this subprotocol."""
    return web.WebSocketResponse(
        autoping=False,
        autoclose=False,
        compress=False,
        max_msg_size=MAX_MESSAGE_BYTES,
        timeout=CLOSE_LIMIT_S,
        protocols=[protocol] if protocol else (),
    )


async def _at_once(by: Direction) -> None:
    """Nothing is stalled."""


async def _as_it_is(by: Direction, data: bytes) -> list[tuple[Direction, bytes]]:
    """A worker is told no other URL to join than the one it has: that of the gateway."""
    if by == "server":
        try:
            message = agent.ServerMessage.FromString(data)
        except DecodeError:
            return [(by, data)]
        if message.HasField("assignment") and message.assignment.HasField("url"):
            message.assignment.ClearField("url")
            return [(by, message.SerializeToString())]
    return [(by, data)]
