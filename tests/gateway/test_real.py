"""The gateway between the real SDK and a real livekit-server."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from livekit import api

from harness.evidence.ledger import Ledger
from harness.evidence.ledger_records import Direction, Medium
from harness.evidence.signalling import read_signalling
from harness.gateway.client import GatewayClient
from harness.gateway.service import Service
from harness.network.tcp_faults import Toxic

pytestmark = pytest.mark.real

LIMIT_S = 60
SECRET = "a-secret-of-at-least-32-characters"
CLIENT = Path(__file__).parent / "real_client.py"
Gateway = Callable[..., Awaitable[tuple[Service, GatewayClient]]]

SERVER_CONFIG = """
port: {http}
bind_addresses: ["127.0.0.1"]
rtc:
  udp_port: {udp}
  tcp_port: {tcp}
  force_tcp: {force_tcp}
  node_ip: 127.0.0.1
  use_external_ip: false
  use_ice_lite: {lite}
  enable_loopback_candidate: true
  interfaces: {{includes: [lo]}}
  ips: {{includes: [127.0.0.1/32]}}
  stun_servers: ["127.0.0.1:3478"]
  allow_tcp_fallback: false
keys: {{devkey: {secret}}}
"""


def binary(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not on PATH")
    return found


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline, pause = time.monotonic() + 10, threading.Event()
    while process.poll() is None and time.monotonic() < deadline:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            pause.wait(0.05)
    pytest.fail(f"{process.args!r} does not listen on port {port}")


def livekit_server(folder: Path, *, tcp: bool = False, lite: bool = True) -> Iterator[str]:
    program, http = binary("livekit-server"), free_port()
    config = folder / "livekit.yaml"
    config.write_text(
        SERVER_CONFIG.format(
            http=http,
            udp=free_port(),
            tcp=free_port() if tcp else 0,
            force_tcp=str(tcp).lower(),
            lite=str(lite).lower(),
            secret=SECRET,
        )
    )
    with (folder / "livekit.log").open("wb") as log:
        process = subprocess.Popen([program, "--config", str(config)], stdout=log, stderr=log)
    try:
        wait_for_port(http, process)
        yield f"127.0.0.1:{http}"
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def livekit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from livekit_server(tmp_path_factory.mktemp("livekit"))


@pytest.fixture
def livekit_tcp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from livekit_server(tmp_path_factory.mktemp("livekit-tcp"), tcp=True)


@pytest.fixture
def livekit_full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One that makes ICE checks of its own, to whatever candidate it hears of."""
    yield from livekit_server(tmp_path_factory.mktemp("livekit-full"), lite=False)


@pytest.fixture(scope="module")
def toxiproxy() -> Iterator[dict[str, object]]:
    program, port = binary("toxiproxy-server"), free_port()
    process = subprocess.Popen(
        [program, "-host", "127.0.0.1", "-port", str(port)], stdout=subprocess.DEVNULL
    )
    try:
        wait_for_port(port, process)
        yield {"host": "127.0.0.1", "port": port}
    finally:
        process.kill()
        process.wait()


def tokens(secret: str = SECRET) -> dict[str, str]:
    grants = api.VideoGrants(room_join=True, room="r")
    return {
        identity: api.AccessToken("devkey", secret)
        .with_identity(identity)
        .with_grants(grants)
        .to_jwt()
        for identity in ("alice", "bob")
    }


async def converse(
    url: str, *, until: Callable[[], Awaitable[None]] | None = None, **order: object
) -> dict[str, Any]:
    """Let alice and bob meet in a process of their own, until then at least; what came of it."""
    order = {"url": url, "tokens": tokens(), "single": True, **order}
    process = await asyncio.create_subprocess_exec(
        sys.executable, CLIENT,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(LIMIT_S):
            assert process.stdin is not None
            process.stdin.write(json.dumps(order).encode() + b"\n")
            if until is not None:
                await until()
            out, error = await process.communicate(b"")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert out, error.decode()
    return json.loads(out)  # type: ignore[no-any-return]


@pytest.mark.asyncio
@pytest.mark.parametrize("single", [True, False])
async def test_media_goes_through_the_relay_and_is_bound_to_its_tracks(
    livekit: str, gateway: Gateway, tmp_path: Path, single: bool
) -> None:
    service, control = await gateway(livekit)
    met = await converse(service.url, single=single)
    state, snapshot = await control.state(), await control.snapshot()

    for identity in ("alice", "bob"):
        [route] = state.participants[identity].routes
        host, _, port = route.offered.partition(":")
        assert met["pairs"][identity]
        assert all(pair == ["udp", host, int(port)] for pair in met["pairs"][identity])
    assert {(side.participant, side.direction) for side in snapshot.sides} == {
        (identity, direction) for identity in ("alice", "bob") for direction in ("up", "down")
    }
    ledger = Ledger(tmp_path)
    ways: list[tuple[str, Direction]] = [("alice", "up"), ("bob", "down")]
    tracks: list[tuple[str, Medium]] = [(met["tone"], "audio"), (met["face"], "video")]
    for participant, direction in ways:
        for sid, medium in tracks:
            bound = ledger.packets(participant=participant, direction=direction, track=sid)
            aimed = ledger.packets(participant=participant, direction=direction, medium=medium)
            assert len(bound) >= 10, (participant, direction, medium)
            assert len(bound) == len(aimed)
    kinds = {one.kind for one in read_signalling(tmp_path)}
    assert {"join", "add_track", "track_published", "offer", "answer", "update"} <= kinds
    assert ("join_request" in kinds) == single


@pytest.mark.asyncio
async def test_a_server_that_is_a_full_ice_agent_finds_no_way_around_the_relay(
    livekit_full: str, gateway: Gateway
) -> None:
    service, control = await gateway(livekit_full)
    met = await converse(service.url)
    state = await control.state()

    for identity in ("alice", "bob"):
        offered = {tuple(one.offered.split(":")) for one in state.participants[identity].routes}
        assert met["pairs"][identity]
        for protocol, host, port in met["pairs"][identity]:
            assert protocol == "udp"
            assert (host, str(port)) in offered


@pytest.mark.asyncio
async def test_an_impairment_hits_the_medium_it_is_aimed_at(
    livekit: str, gateway: Gateway, tmp_path: Path
) -> None:
    target = {"participant": "bob", "direction": "down", "medium": "video"}
    loss = {"impairment": "loss", "ratio": 1.0, "target": target}
    service, control = await gateway(livekit, impairments=[loss])

    async def pictures_were_lost() -> None:
        while True:
            snapshot = await control.snapshot()
            if any(side.total.dropped for side in snapshot.sides):
                return
            await asyncio.sleep(0.05)

    met = await converse(service.url, blind=True, until=pictures_were_lost)
    await control.snapshot()

    assert met["frames"] == 0
    ledger = Ledger(tmp_path)
    lost = ledger.packets(participant="bob", direction="down", track=met["face"], fate="dropped")
    assert len(lost) > 0
    assert (
        len(ledger.packets(participant="bob", direction="down", fate="forwarded", medium="video"))
        == 0
    )


@pytest.mark.asyncio
async def test_a_server_without_v1_is_joined_the_old_way(livekit: str, gateway: Gateway) -> None:
    host, _, port = livekit.partition(":")

    async def front(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if b" /rtc/v1" in head.partition(b"\r\n")[0]:
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            writer.close()
            return
        back_reader, back_writer = await asyncio.open_connection(host, int(port))
        back_writer.write(head)
        await asyncio.gather(copy(reader, back_writer), copy(back_reader, writer))

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
        except ConnectionError:
            pass
        writer.close()

    async with await asyncio.start_server(front, "127.0.0.1", 0) as server:
        service, control = await gateway(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
        met = await converse(service.url)
        state = await control.state()

    assert met["frames"] >= 10
    assert {one.refusals for one in state.participants.values()} == {1}


@pytest.mark.asyncio
async def test_a_wrong_key_gives_the_sdk_the_server_s_own_error(
    livekit: str, gateway: Gateway, tmp_path: Path
) -> None:
    service, _ = await gateway(livekit)
    wrong = tokens("another-secret-of-32-characters-")
    through = await converse(service.url, tokens=wrong)
    direct = await converse(f"ws://{livekit}", tokens=wrong)

    assert "401 Unauthorized - invalid token" in through["error"]
    assert through == direct
    refusals = [one for one in read_signalling(tmp_path) if one.kind == "websocket_refused"]
    assert {one.details["status"] for one in refusals} == {401}


@pytest.mark.asyncio
async def test_signalling_takes_the_way_through_toxiproxy(
    livekit: str, toxiproxy: dict[str, object], gateway: Gateway
) -> None:
    service, control = await gateway(livekit, toxiproxy=toxiproxy)
    await control.set_toxics("bob", [Toxic(type="latency", attributes={"latency": 300})])
    met = await converse(service.url)
    state = await control.state()

    assert met["joined_s"] > 0.3
    assert state.participants["bob"].toxics
    assert not state.participants["alice"].toxics


@pytest.mark.asyncio
@pytest.mark.parametrize("through", ["toxiproxy", "nothing"])
async def test_ice_tcp_takes_the_way_through_the_gateway(
    livekit_tcp: str, toxiproxy: dict[str, object], gateway: Gateway, through: str
) -> None:
    more = {"toxiproxy": toxiproxy} if through == "toxiproxy" else {}
    service, control = await gateway(livekit_tcp, ice_tcp=True, **more)
    met = await converse(service.url)
    state = await control.state()

    for identity in ("alice", "bob"):
        [route] = state.participants[identity].routes
        assert route.transport == "tcp"
        host, _, port = route.offered.partition(":")
        assert met["pairs"][identity] == [["tcp", host, int(port)]]
