from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress

import pytest
import pytest_asyncio
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, web

from harness.evidence.signalling import Direction
from harness.gateway.errors import MessageRefusedError
from harness.gateway.tunnel import Closing, join

LIMIT_S = 20
Serve = Callable[[web.Application], Awaitable[str]]


class Ends:
    """Both ends of a tunnel: `client` is the client's own socket, `server` the server's."""

    client: ClientWebSocketResponse
    server: web.WebSocketResponse
    closing: asyncio.Future[Closing]
    stalled: Direction | None = None
    over: asyncio.Event

    async def passes(self, by: Direction) -> None:
        if by == self.stalled:
            await self.over.wait()

    async def process(self, direction: Direction, data: bytes) -> list[tuple[Direction, bytes]]:
        if data == b"swallow":
            return []
        if data == b"too much":
            raise MessageRefusedError("too much in a message")
        if data == b"return":
            return [(direction, data), ("server" if direction == "client" else "client", b"back")]
        return [(direction, data)]


@pytest_asyncio.fixture
async def ends(serve: Serve) -> AsyncIterator[Ends]:
    ends, released = Ends(), asyncio.Event()
    ends.over = asyncio.Event()
    at_server: asyncio.Future[web.WebSocketResponse] = asyncio.get_running_loop().create_future()
    ends.closing = asyncio.get_running_loop().create_future()

    async def server(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=False, autoclose=False, timeout=0.2)
        await socket.prepare(request)
        at_server.set_result(socket)
        await released.wait()
        return socket

    async def gateway(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(
            autoping=False, autoclose=False, timeout=0.2, max_msg_size=1000
        )
        await socket.prepare(request)
        async with (
            ClientSession() as session,
            session.ws_connect(
                f"http://{upstream}", autoping=False, autoclose=False, max_msg_size=1000
            ) as to_server,
        ):
            ends.closing.set_result(await join(socket, to_server, ends.process, ends.passes))
        return socket

    upstream = await serve(application(server))
    url = f"http://{await serve(application(gateway))}"
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(ClientSession())
        ends.client = await session.ws_connect(url, autoping=False, autoclose=False)
        ends.server = await asyncio.wait_for(at_server, LIMIT_S)
        yield ends
        released.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(ends.client.close(), LIMIT_S)


def application(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.Application:
    app = web.Application()
    app.router.add_get("/", handler)
    return app


@pytest.mark.asyncio
async def test_messages_pass_both_ways(ends: Ends) -> None:
    await ends.client.send_bytes(b"up")
    await ends.server.send_bytes(b"down")

    assert await ends.server.receive_bytes(timeout=LIMIT_S) == b"up"
    assert await ends.client.receive_bytes(timeout=LIMIT_S) == b"down"


@pytest.mark.asyncio
async def test_a_message_can_be_swallowed_and_answered(ends: Ends) -> None:
    await ends.client.send_bytes(b"swallow")
    await ends.client.send_bytes(b"return")

    assert await ends.server.receive_bytes(timeout=LIMIT_S) == b"return"
    assert await ends.client.receive_bytes(timeout=LIMIT_S) == b"back"


@pytest.mark.asyncio
async def test_pings_and_pongs_reach_the_other_end(ends: Ends) -> None:
    await ends.client.ping(b"1")
    ping = await ends.server.receive(timeout=LIMIT_S)
    await ends.server.pong(b"1")
    pong = await ends.client.receive(timeout=LIMIT_S)

    assert (ping.type, bytes(ping.data)) == (WSMsgType.PING, b"1")
    assert (pong.type, bytes(pong.data)) == (WSMsgType.PONG, b"1")


@pytest.mark.asyncio
async def test_the_server_s_close_code_reaches_the_client(ends: Ends) -> None:
    closing = asyncio.create_task(ends.server.close(code=4001, message=b"moved"))
    message = await ends.client.receive(timeout=LIMIT_S)
    await ends.client.close()
    await closing

    assert (message.type, message.data, message.extra) == (WSMsgType.CLOSE, 4001, "moved")
    assert await asyncio.wait_for(ends.closing, LIMIT_S) == Closing(
        by="server", code=4001, reason=b"moved"
    )


@pytest.mark.asyncio
async def test_a_text_frame_is_refused(ends: Ends) -> None:
    await ends.client.send_str("{}")
    message = await ends.client.receive(timeout=LIMIT_S)

    assert (message.type, message.data) == (WSMsgType.CLOSE, 1003)


@pytest.mark.asyncio
async def test_an_oversize_message_is_refused(ends: Ends) -> None:
    await ends.client.send_bytes(bytes(1001))
    message = await ends.client.receive(timeout=LIMIT_S)

    assert (message.type, message.data) == (WSMsgType.CLOSE, 1009)


@pytest.mark.asyncio
async def test_a_message_that_is_refused_ends_the_connection(ends: Ends) -> None:
    await ends.client.send_bytes(b"too much")
    message = await ends.client.receive(timeout=LIMIT_S)

    assert (message.data, message.extra) == (1009, "too much in a message")


@pytest.mark.asyncio
async def test_a_side_that_dies_ends_the_tunnel_without_a_code(ends: Ends) -> None:
    transport = ends.client.get_extra_info("socket")
    assert transport is not None
    ends.client._response.connection.transport.abort()  # type: ignore[union-attr]

    assert await asyncio.wait_for(ends.closing, LIMIT_S) == Closing(by="client", code=None)


@pytest.mark.asyncio
async def test_what_is_stalled_passes_afterwards_whole_and_in_order(ends: Ends) -> None:
    ends.stalled = "client"
    sent = [bytes([number]) * 900 for number in range(100)]
    for message in sent:
        await ends.client.send_bytes(message)
    await ends.server.send_bytes(b"the other way is open")
    assert await ends.client.receive_bytes(timeout=LIMIT_S) == b"the other way is open"
    with pytest.raises(TimeoutError):
        await ends.server.receive_bytes(timeout=0.05)
    ends.over.set()

    assert [await ends.server.receive_bytes(timeout=LIMIT_S) for _ in sent] == sent


@pytest.mark.asyncio
async def test_the_end_of_a_side_is_stalled_like_its_words(ends: Ends) -> None:
    ends.stalled = "client"
    ends.client._response.connection.transport.abort()  # type: ignore[union-attr]
    await ends.server.send_bytes(b"who hears this?")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(ends.closing), 0.05)
    ends.over.set()

    assert await asyncio.wait_for(ends.closing, LIMIT_S) == Closing(by="client", code=None)
