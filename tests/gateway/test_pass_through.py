"""What is no signalling, between a real client and a server that we play ourselves."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError, web
from livekit.protocol import agent

import harness.gateway.pass_through as module
from harness.gateway.client import GatewayClient
from harness.gateway.service import Service
from harness.gateway.signalling import MAX_BODY_BYTES

if TYPE_CHECKING:
    from tests.gateway.conftest import Server

LIMIT_S = 20
Serve = Callable[[web.Application], Awaitable[str]]
Gateway = Callable[..., Awaitable[tuple[Service, GatewayClient]]]


class Dispatcher:
    """The part of a server that sends jobs to the workers of agents."""

    def __init__(self) -> None:
        self.heard: list[object] = []
        self.protocols: list[str] = []

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/agent", self.agent)
        return app

    async def agent(self, request: web.Request) -> web.WebSocketResponse:
        self.protocols.append(request.headers.get("Sec-WebSocket-Protocol", ""))
        socket = web.WebSocketResponse(protocols=["two"])
        await socket.prepare(request)
        elsewhere = agent.JobAssignment(url="wss://elsewhere.example", token="t")
        assignment = agent.ServerMessage(assignment=elsewhere)
        await socket.send_bytes(assignment.SerializeToString())
        await socket.send_bytes(b"\xff no protobuf")
        await socket.send_str("{}")
        async for message in socket:
            self.heard.append(message.data)
        return socket


@pytest.mark.asyncio
async def test_a_worker_of_an_agent_is_joined_and_told_no_other_url(
    serve: Serve, gateway: Gateway, session: ClientSession
) -> None:
    dispatcher = Dispatcher()
    service, control = await gateway(await serve(dispatcher.application()))
    async with session.ws_connect(f"{service.url}/agent", protocols=["one", "two"]) as worker:
        assigned = agent.ServerMessage.FromString(await worker.receive_bytes(timeout=LIMIT_S))
        assert await worker.receive_bytes(timeout=LIMIT_S) == b"\xff no protobuf"
        assert await worker.receive_str(timeout=LIMIT_S) == "{}"
        await worker.send_str("text")
        await worker.send_bytes(b"bytes")
        await worker.close(code=4000)
        state = await control.state()

    assert (assigned.assignment.token, assigned.assignment.url) == ("t", "")
    assert (worker.protocol, dispatcher.protocols) == ("two", ["one,two"])
    assert dispatcher.heard == ["text", b"bytes"]
    assert state.participants == {}


@pytest.mark.asyncio
async def test_a_worker_that_the_server_refuses_is_told_so(
    server: Server, serve: Serve, gateway: Gateway, session: ClientSession
) -> None:
    server.refused["/agent"] = (401, "no")
    service, _ = await gateway(await serve(server.application()))
    with pytest.raises(WSServerHandshakeError) as caught:
        await session.ws_connect(f"{service.url}/agent")

    assert caught.value.status == 401


@pytest.mark.asyncio
async def test_the_death_of_a_worker_reaches_the_server(
    server: Server, serve: Serve, gateway: Gateway, session: ClientSession
) -> None:
    service, _ = await gateway(await serve(server.application()))
    worker = await session.ws_connect(f"{service.url}/agent")
    at_server = await server.socket()
    worker._response.connection.transport.abort()  # type: ignore[union-attr]
    message = await at_server.receive(timeout=LIMIT_S)

    assert message.type in (WSMsgType.CLOSED, WSMsgType.ERROR, WSMsgType.CLOSING)


@pytest.mark.asyncio
async def test_a_body_that_no_call_of_the_api_has_is_not_held(
    serve: Serve, gateway: Gateway, session: ClientSession
) -> None:
    sizes: list[int] = []

    async def take(request: web.Request) -> web.Response:
        sizes.append(len(await request.read()))
        return web.Response()

    app = web.Application(client_max_size=2 * MAX_BODY_BYTES)
    app.router.add_post("/twirp/x", take)
    service, _ = await gateway(await serve(app))
    url = service.url.replace("ws:", "http:") + "/twirp/x"
    statuses = []
    for size in (MAX_BODY_BYTES, MAX_BODY_BYTES + 1):
        async with session.post(url, data=io.BytesIO(bytes(size))) as answer:
            statuses.append(answer.status)

    assert (statuses, sizes) == ([200, 413], [MAX_BODY_BYTES])


@pytest.mark.asyncio
async def test_a_body_that_does_not_come_is_not_waited_for(
    server: Server, serve: Serve, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BODY_LIMIT_S", 0.05)
    service, _ = await gateway(await serve(server.application()))
    reader, writer = await asyncio.open_connection("127.0.0.1", int(service.url.rpartition(":")[2]))
    writer.write(b"POST /twirp/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
    status = await asyncio.wait_for(reader.readline(), LIMIT_S)
    writer.close()

    assert b" 408 " in status
    assert not server.requests
