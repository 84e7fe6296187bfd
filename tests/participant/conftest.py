from __future__ import annotations

import asyncio
import secrets
import shutil
import socket
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from livekit import api

from harness.participant.handle import WORKER, ParticipantHandle
from harness.processes.keeper_client import Keeper

Start = Callable[[str], Awaitable[ParticipantHandle]]

LIMIT_S = 10.0

CONFIG = """
port: {tcp}
bind_addresses: [127.0.0.1]
rtc:
  udp_port: {udp}
  tcp_port: 0
  node_ip: 127.0.0.1
  use_external_ip: false
  use_ice_lite: true
  enable_loopback_candidate: true
  interfaces: {{includes: [lo]}}
  ips: {{includes: [127.0.0.1/32]}}
  stun_servers: ["127.0.0.1:3478"]
  allow_tcp_fallback: false
keys: {{devkey: {secret}}}
"""


@dataclass(frozen=True, kw_only=True)
class LiveServer:
    url: str
    secret: str = field(repr=False)

    def token(self, identity: str, room: str) -> str:
        grants = api.VideoGrants(room_join=True, room=room)
        access = api.AccessToken("devkey", self.secret).with_identity(identity)
        return access.with_grants(grants).to_jwt()


@pytest.fixture(scope="session")
def keeper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keeper]:
    log = tmp_path_factory.mktemp("keeper") / "keeper.log"
    with Keeper.start(preload=[WORKER], log=log) as running:
        yield running


@pytest_asyncio.fixture
async def start(keeper: Keeper, tmp_path: Path) -> AsyncIterator[Start]:
    """Starts participants, each in a folder of its name."""
    started: list[ParticipantHandle] = []

    async def start_one(identity: str) -> ParticipantHandle:
        handle = await ParticipantHandle.start(
            keeper, identity=identity, folder=tmp_path / identity
        )
        started.append(handle)
        return handle

    yield start_one
    await asyncio.gather(*(handle.close() for handle in started))


@pytest.fixture(scope="session")
def live_server(keeper: Keeper, tmp_path_factory: pytest.TempPathFactory) -> LiveServer:
    """A livekit-server on free loopback ports; ends with the keeper."""
    binary = shutil.which("livekit-server")
    if binary is None:
        pytest.skip("no livekit-server on PATH")
    folder = tmp_path_factory.mktemp("server")
    secret = secrets.token_hex(20)
    tcp, udp = free_port(socket.SOCK_STREAM), free_port(socket.SOCK_DGRAM)
    (folder / "config.yaml").write_text(CONFIG.format(tcp=tcp, udp=udp, secret=secret))
    child = keeper.spawn(
        [binary, "--config", str(folder / "config.yaml")],
        name="livekit-server",
        log=folder / "server.log",
    )
    for _ in range(200):
        if child.wait(0.05) is not None:
            pytest.fail("\n".join(child.last_lines()))
        if answers(tcp):
            return LiveServer(url=f"ws://127.0.0.1:{tcp}", secret=secret)
    pytest.fail("livekit-server did not answer within 10 s")


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two participants in a room of their own."""

    alice: ParticipantHandle
    bob: ParticipantHandle
    server: LiveServer
    room: str


@pytest_asyncio.fixture
async def pair(start: Start, live_server: LiveServer, request: pytest.FixtureRequest) -> Pair:
    room = request.node.name
    alice, bob = await asyncio.gather(start("alice"), start("bob"))
    for handle in (alice, bob):
        token = live_server.token(handle.identity, room)
        await handle.join(url=live_server.url, token=token)
    return Pair(alice=alice, bob=bob, server=live_server, room=room)


async def grown(path: Path, size: int) -> None:
    """Wait until a file that grows has a size."""
    async with asyncio.timeout(LIMIT_S):
        while size_of(path) < size:  # noqa: ASYNC110 - a file tells nobody that it grew
            await asyncio.sleep(0.02)


def size_of(path: Path) -> int:
    return path.stat().st_size


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1):
            return True
    except (urllib.error.URLError, OSError):
        return False
