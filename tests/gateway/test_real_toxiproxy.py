"""What our use of toxiproxy rests on, seen with a real one."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, get_args

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web
from livekit.protocol import rtc

import harness.gateway.toxiproxy as module
from harness.evidence.clock import now_ns
from harness.gateway.client import GatewayClient
from harness.gateway.config import ToxiproxyAddress
from harness.gateway.errors import ToxiproxyError
from harness.gateway.service import Service
from harness.gateway.tcp_way import Address
from harness.gateway.toxiproxy import Toxiproxy
from harness.network.phase import Phase
from harness.network.profile import Profile
from harness.network.tcp_faults import TcpFaults, Toxic, ToxicType

if TYPE_CHECKING:
    from tests.gateway.conftest import Server

pytestmark = pytest.mark.real

LIMIT_S = 10
Serve = Callable[[web.Application], Awaitable[str]]
Gateway = Callable[..., Awaitable[tuple[Service, GatewayClient]]]
Jwt = Callable[[str], str]
PONG = rtc.SignalResponse(pong=1).SerializeToString()
MS = 1_000_000
EVERYTHING = tuple(
    Toxic(type=one, stream=stream)
    for one in get_args(ToxicType)
    for stream in ("upstream", "downstream")
)  # fmt: skip
LATENCY = Toxic(type="latency", attributes={"latency": 200})
TIMEOUT = Toxic(type="timeout", attributes={"timeout": 0})
RESET = Toxic(type="reset_peer", attributes={"timeout": 0})
LIMIT = Toxic(type="limit_data", attributes={"bytes": 100})


class Rig:
    """A toxiproxy in front of a server that says everything again."""

    def __init__(self) -> None:
        program = shutil.which("toxiproxy-server")
        assert program is not None, "the fixture `real_programs` gets it"
        self.program = program
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.writers: list[asyncio.StreamWriter] = []

    async def start(self) -> None:
        self.echo = await asyncio.start_server(self.repeat, "127.0.0.1", 0)
        self.server: Address = self.echo.sockets[0].getsockname()
        self.launch()
        await self.answers()
        self.toxiproxy = Toxiproxy(address=ToxiproxyAddress(host="127.0.0.1", port=self.port))

    def launch(self) -> None:
        self.process = subprocess.Popen(
            [self.program, "-host", "127.0.0.1", "-port", str(self.port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    async def answers(self) -> None:
        async with asyncio.timeout(LIMIT_S):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                except OSError:
                    await asyncio.sleep(0.02)
                else:
                    return writer.close()

    async def repeat(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        writer.close()

    def halt(self) -> None:
        """Stop it, and return once none of its threads can answer any more."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOWAIT)

    def end(self) -> None:
        self.process.kill()
        self.process.wait(LIMIT_S)

    async def close(self) -> None:
        await self.toxiproxy.close()
        self.end()
        self.echo.close()
        for writer in self.writers:
            writer.transport.abort()


@pytest_asyncio.fixture
async def rig() -> AsyncIterator[Rig]:
    rig = Rig()
    await rig.start()
    yield rig
    await rig.close()


class Talk:
    """A connection through a listener."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig

    async def begin(self, listener: Address) -> Talk:
        self.reader, self.writer = await asyncio.open_connection(*listener)
        self.rig.writers.append(self.writer)
        return self

    async def say(self, data: bytes) -> int:
        """What comes back must be the same; ns that it took."""
        began = now_ns()
        self.writer.write(data)
        assert await asyncio.wait_for(self.reader.readexactly(len(data)), LIMIT_S) == data
        return now_ns() - began

    async def until_closed(self) -> bytes:
        """What comes until the connection ends, by whatever end."""
        try:
            return await asyncio.wait_for(self.reader.read(), LIMIT_S)
        except ConnectionError:
            return b""


@pytest.mark.asyncio
async def test_neutral_toxics_let_everything_pass(rig: Rig) -> None:
    listener = await rig.toxiproxy.create("x", rig.server, (), EVERYTHING)
    talk = await Talk(rig).begin(listener)

    assert await talk.say(bytes(range(256)) * 4096) < 5_000 * MS


@pytest.mark.asyncio
async def test_one_connection_lives_through_all_that_can_be_changed_in_place(rig: Rig) -> None:
    listener = await rig.toxiproxy.create("x", rig.server, (), EVERYTHING)
    talk = await Talk(rig).begin(listener)
    for _ in range(3):
        await rig.toxiproxy.set_toxics(listener, [LATENCY])
        assert await talk.say(b"slow") >= 200 * MS
        await rig.toxiproxy.set_toxics(
            listener, [Toxic(type="bandwidth", stream="upstream", attributes={"rate": 10})]
        )
        assert await talk.say(bytes(3000)) >= 200 * MS  # 300 by its arithmetic
        await rig.toxiproxy.set_toxics(
            listener, [Toxic(type="slicer", attributes={"average_size": 10, "delay": 10_000})]
        )
        assert await talk.say(bytes(320)) >= 200 * MS
        await rig.toxiproxy.set_toxics(listener, [])
        await talk.say(bytes(100_000))
    assert not rig.toxiproxy.failures


@pytest.mark.asyncio
@pytest.mark.parametrize("toxic", [TIMEOUT, RESET])
async def test_one_that_has_no_neutral_values_ends_with_its_connections_at_the_same_port(
    rig: Rig, toxic: Toxic
) -> None:
    listener = await rig.toxiproxy.create("x", rig.server, (), [LATENCY])
    talk = await Talk(rig).begin(listener)
    await talk.say(b"before")
    await rig.toxiproxy.set_toxics(listener, [toxic])
    talk.writer.write(b"lost")
    await rig.toxiproxy.set_toxics(listener, [])
    assert await talk.until_closed() == b""

    await (await Talk(rig).begin(listener)).say(b"after")


@pytest.mark.asyncio
async def test_a_limit_counts_from_when_it_is_in_force(rig: Rig) -> None:
    listener = await rig.toxiproxy.create("x", rig.server, (), [LIMIT])
    talk = await Talk(rig).begin(listener)
    await talk.say(bytes(1000))
    await rig.toxiproxy.set_toxics(listener, [LIMIT])
    await talk.say(bytes(60))
    talk.writer.write(bytes(60))
    assert await talk.until_closed() == bytes(40)

    await rig.toxiproxy.set_toxics(listener, [])
    await (await Talk(rig).begin(listener)).say(bytes(1000))


@pytest.mark.asyncio
async def test_one_that_hangs_is_told_and_started_again_it_listens_where_it_did(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = await rig.toxiproxy.create("x", rig.server, [LATENCY], EVERYTHING)
    monkeypatch.setattr(module, "TIME_LIMIT_S", 0.2)
    rig.halt()
    with pytest.raises(ToxiproxyError, match="it hangs, restart it"):
        await rig.toxiproxy.set_toxics(listener, [])
    await rig.toxiproxy.check()
    assert rig.toxiproxy.trouble is not None

    monkeypatch.setattr(module, "TIME_LIMIT_S", LIMIT_S)
    rig.end()
    rig.launch()
    await rig.answers()
    await rig.toxiproxy.check()
    assert rig.toxiproxy.trouble is None
    assert await (await Talk(rig).begin(listener)).say(b"as it was wanted last") < 200 * MS
    await rig.toxiproxy.set_toxics(listener, [LATENCY])
    assert await (await Talk(rig).begin(listener)).say(b"slow") >= 200 * MS


@pytest.mark.asyncio
async def test_one_that_went_on_has_what_it_missed(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = await rig.toxiproxy.create("x", rig.server, (), [LATENCY])
    talk = await Talk(rig).begin(listener)
    monkeypatch.setattr(module, "TIME_LIMIT_S", 0.2)
    rig.halt()
    with pytest.raises(ToxiproxyError):
        await rig.toxiproxy.set_toxics(listener, [LATENCY])
    monkeypatch.setattr(module, "TIME_LIMIT_S", LIMIT_S)
    rig.process.send_signal(signal.SIGCONT)
    await rig.toxiproxy.check()

    assert rig.toxiproxy.trouble is None
    assert await talk.say(b"slow, on the same connection") >= 200 * MS
    assert "did not answer" in rig.toxiproxy.failures[0]


@pytest.mark.asyncio
async def test_a_profile_slows_signalling_that_is_open_and_makes_it_fast_again(
    rig: Rig, server: Server, serve: Serve, gateway: Gateway, session: ClientSession, jwt: Jwt
) -> None:
    address = {"host": "127.0.0.1", "port": rig.port}
    service, control = await gateway(await serve(server.application()), toxiproxy=address)
    slow = TcpFaults(toxics=(LATENCY,))
    phases = (Phase(at_ns=0), Phase(at_ns=100 * MS, signal=slow), Phase(at_ns=700 * MS))
    async with session.ws_connect(f"{service.url}/rtc?access_token={jwt('alice')}") as client:
        await client.receive_bytes(timeout=LIMIT_S)
        at_server = await server.socket()
        began = await control.set_profile(
            Profile(name="slow", title="t", cite="c", phases=phases), participant="alice"
        )
        seen: dict[int, list[int]] = {0: [], 1: [], 2: []}
        while now_ns() - began < 1000 * MS:
            phase = (await control.state()).participants["alice"].phase
            asked = now_ns()
            await at_server.send_bytes(PONG)
            assert await client.receive_bytes(timeout=LIMIT_S) == PONG
            took = now_ns() - asked
            if phase == (await control.state()).participants["alice"].phase:
                seen[phase or 0].append(took)
        state = await control.state()

    assert seen[1]
    assert seen[1][0] >= 200 * MS  # the last may be let go early by the change of phase
    assert seen[2]
    assert min(seen[2]) < 200 * MS
    assert state.errors == ()
