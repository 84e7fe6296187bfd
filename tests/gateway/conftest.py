from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from aiohttp import web

from harness.gateway.client import GatewayClient
from harness.gateway.config import decode_config
from harness.gateway.relay_process import RelayProcess, start_relay
from harness.gateway.service import Service, serving
from harness.processes.keeper_client import Keeper

TOKEN = "control-token"


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
