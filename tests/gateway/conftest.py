from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from aiohttp import ClientSession, web
from livekit.protocol import models, rtc

from harness.gateway.client import GatewayClient
from harness.gateway.config import decode_config
from harness.gateway.relay_process import RelayProcess, start_relay
from harness.gateway.service import Service, serving
from harness.processes.keeper_client import Keeper

TOKEN = "control-token"
LIMIT_S = 20


@pytest.fixture
def jwt() -> Callable[[str], str]:
    """Makes a token of an identity, in the room `r`, whose signature nobody would accept."""

    def make(identity: str) -> str:
        payload = json.dumps({"sub": identity, "video": {"room": "r"}}).encode()
        return f"e30.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}.hushhush"

    return make


@pytest_asyncio.fixture
async def serve() -> AsyncIterator[Callable[[web.Application], Awaitable[str]]]:
    """Serves an application on a free port until the test ends; returns `127.0.0.1:port`."""
    async with AsyncExitStack() as stack:

        async def start(app: web.Application) -> str:
            runner = web.AppRunner(app, shutdown_timeout=0.1, max_line_size=65536)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            return f"127.0.0.1:{runner.addresses[0][1]}"

        yield start


@pytest.fixture
def relay_process(tmp_path: Path) -> RelayProcess:
    return start_relay(tmp_path, seed=1)


@pytest_asyncio.fixture
async def gateway(
    relay_process: RelayProcess, tmp_path: Path
) -> AsyncIterator[Callable[..., Awaitable[tuple[Service, GatewayClient]]]]:
    """Starts the gateway of the test in this process, in front of `authority`."""
    async with AsyncExitStack() as stack:

        async def start(authority: str, **config: object) -> tuple[Service, GatewayClient]:
            url = f"ws://{authority}"
            line = {"upstream_url": url, "token": TOKEN, "folder": str(tmp_path), **config}
            running = serving(decode_config(msgspec.json.encode(line)), relay_process)
            service = await stack.enter_async_context(running)
            client = await stack.enter_async_context(GatewayClient(service.control, TOKEN))
            return service, client

        yield start


@pytest.fixture(scope="session")
def keeper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keeper]:
    log = tmp_path_factory.mktemp("keeper") / "keeper.log"
    with Keeper.start(preload=["harness.gateway.program"], log=log) as running:
        yield running


class Server:
    """A LiveKit server as far as its signalling goes."""

    def __init__(self) -> None:
        self.sockets: asyncio.Queue[web.WebSocketResponse] = asyncio.Queue()
        self.requests: list[web.Request] = []
        self.refused = {"/rtc/v1": (404, "not found"), "/twirp/x": (200, '{"rooms":[]}')}

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.handle)
        return app

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        if request.path in self.refused:
            status, text = self.refused[request.path]
            cors = {"Access-Control-Allow-Origin": "*"}
            return web.Response(status=status, text=text, headers=cors)
        socket = web.WebSocketResponse(timeout=0.2, max_msg_size=0)
        await socket.prepare(request)
        join = rtc.JoinResponse(
            participant=models.ParticipantInfo(identity="alice", sid="PA_a"),
            ice_servers=[rtc.ICEServer(urls=["stun:127.0.0.1:3478"])],
        )
        await socket.send_bytes(rtc.SignalResponse(join=join).SerializeToString())
        await self.sockets.put(socket)
        while request.transport is not None:  # noqa: ASYNC110 - the tests read what it receives
            await asyncio.sleep(0.05)
        return socket

    async def socket(self) -> web.WebSocketResponse:
        return await asyncio.wait_for(self.sockets.get(), LIMIT_S)


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    yield server
    for request in server.requests:
        if request.transport is not None:
            request.transport.abort()


@pytest_asyncio.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session
