"""Bad clients and bad servers at the sockets of a gateway, while alice only wants to be served."""

from __future__ import annotations

import asyncio
import base64
import os
import random
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from aiohttp import ClientSession, ClientWebSocketResponse, web
from livekit.protocol import rtc

import harness.gateway.upstream as upstream_module
from harness.gateway.client import GatewayClient
from harness.gateway.service import Service

if TYPE_CHECKING:
    from tests.gateway.conftest import Server

LIMIT_S = 20
Serve = Callable[[web.Application], Awaitable[str]]
Gateway = Callable[..., Awaitable[tuple[Service, GatewayClient]]]
Jwt = Callable[[str], str]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
)


def frame(opcode: int, data: bytes, *, mask: bool = True, size: int | None = None) -> bytes:
    """A frame of the WebSocket protocol, or what only looks like one."""
    size = len(data) if size is None else size
    head = bytes([opcode]) + bytes([(0x80 if mask else 0) | 127]) + struct.pack(">Q", size)
    return head + (bytes(4) if mask else b"") + data


FRAMES = {
    "noise": random.Random(1).randbytes(5000),
    "not masked": frame(0x82, b"x", mask=False),
    "no such opcode": frame(0x8B, b"x"),
    "reserved bits": frame(0xF2, b"x"),
    "larger than anything": frame(0x82, b"x", size=2**63 - 1),
    "oversize in pieces": frame(0x02, bytes(3 << 20)) + frame(0x00, bytes(3 << 20)) * 2,
    "the middle of nothing": frame(0x00, b"x"),
    "a long ping": frame(0x89, bytes(1000)),
    "a close without a reason to": frame(0x88, struct.pack(">H", 1)),
    "a close that is no text": frame(0x88, struct.pack(">H", 1000) + b"\xff\xff"),
    "text": frame(0x81, b"{}"),
    "text that is none": frame(0x81, b"\xff"),
    "half a frame": frame(0x82, b"half", size=1000)[:-2],
}


class Stage:
    """A gateway with alice at it, in front of a server."""

    def __init__(
        self,
        service: Service,
        alice: ClientWebSocketResponse,
        at_server: web.WebSocketResponse,
        server: Server,
    ) -> None:
        self.port = int(service.url.rpartition(":")[2])
        self.alice = alice
        self.at_server = at_server
        self.server = server

    async def dial(self) -> Streams:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def join(self, token: str) -> Streams:
        """A connection of somebody else that has become a WebSocket."""
        reader, writer = await self.dial()
        key = base64.b64encode(os.urandom(16)).decode()
        path = f"/rtc?access_token={token}"
        writer.write(HANDSHAKE.format(path=path, key=key).encode())
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), LIMIT_S)
        assert b" 101 " in head
        await self.server.socket()
        return reader, writer

    async def serves_alice(self) -> None:
        await self.alice.send_bytes(rtc.SignalRequest(ping=1).SerializeToString())
        arrived = await self.at_server.receive_bytes(timeout=LIMIT_S)
        assert rtc.SignalRequest.FromString(arrived).ping == 1


@pytest_asyncio.fixture
async def stage(
    server: Server, serve: Serve, gateway: Gateway, session: ClientSession, jwt: Jwt
) -> AsyncIterator[Stage]:
    service, _ = await gateway(await serve(server.application()))
    async with session.ws_connect(f"{service.url}/rtc?access_token={jwt('alice')}") as alice:
        await alice.receive_bytes(timeout=LIMIT_S)
        yield Stage(service, alice, await server.socket(), server)


@pytest.fixture(autouse=True)
def _log_is_clear(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A line for each thing that went wrong, and no traceback."""
    caplog.set_level("INFO")
    yield
    for record in caplog.get_records("call"):
        assert record.exc_info is None, record.getMessage()
        assert "\n" not in record.getMessage()
        assert "the gateway failed" not in record.getMessage()


async def end(streams: Streams) -> None:
    """Wait until the gateway has ended a connection."""
    with suppress(ConnectionError):
        while await asyncio.wait_for(streams[0].read(65536), LIMIT_S):
            pass
    streams[1].close()


@pytest.mark.asyncio
@pytest.mark.parametrize("sent", FRAMES)
async def test_frames_that_are_none_end_their_own_connection(
    stage: Stage, jwt: Jwt, sent: str
) -> None:
    streams = await stage.join(jwt("mallory"))
    streams[1].write(FRAMES[sent])
    streams[1].write_eof()
    await end(streams)

    await stage.serves_alice()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "head",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: " + b"b" * 100_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n: \r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET //[x HTTP/1.1\r\nHost: [\r\n\r\n",
        b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /rtc?access_token=%FF%FE HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n",
        b"GET /rtc HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nAuthorization: Bearer \xff\r\n\r\n",
    ],
)
async def test_requests_that_are_none_are_refused(stage: Stage, head: bytes) -> None:
    streams = await stage.dial()
    streams[1].write(head)
    streams[1].write_eof()
    await end(streams)

    await stage.serves_alice()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "request_line", ["GET http://example.com/", "GET http://example.com/rtc?access_token=t"]
)
async def test_a_request_that_names_no_path_is_the_client_s_mistake(
    stage: Stage, request_line: str
) -> None:
    reader, writer = await stage.dial()
    writer.write(f"{request_line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    head, _, body = (await asyncio.wait_for(reader.read(), LIMIT_S)).decode().partition("\r\n\r\n")
    writer.close()
    assert head.startswith("HTTP/1.1 400 ")
    assert body == "the gateway is no HTTP proxy: ask for a path, as in `GET /rtc/v1 HTTP/1.1`\n"
    await stage.serves_alice()


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.asyncio
async def test_a_thousand_rapid_connects_leak_nothing_and_disturb_nobody(
    stage: Stage, jwt: Jwt
) -> None:
    files, tasks = open_files(), len(asyncio.all_tasks())
    dice = random.Random(4)
    for _ in range(20):
        hands = [asyncio.ensure_future(stage.dial()) for _ in range(50)]
        streams = await asyncio.gather(*hands)
        for number, (_, writer) in enumerate(streams):
            token = jwt(f"m{dice.randrange(30)}") if number % 3 else "hushhush"
            path = f"/rtc?access_token={token}"
            writer.write(HANDSHAKE.format(path=path, key="AAAAAAAAAAAAAAAAAAAAAA==").encode())
            if number % 2:
                writer.transport.abort()
        await asyncio.gather(*(ended(one) for one in streams))
        await stage.serves_alice()

    async with asyncio.timeout(LIMIT_S):
        while open_files() > files or len(asyncio.all_tasks()) > tasks:  # noqa: ASYNC110 - of the kernel
            await asyncio.sleep(0.02)


async def ended(streams: Streams) -> None:
    """Take the first words of the gateway, then go without one."""
    with suppress(ConnectionError):
        await asyncio.wait_for(streams[0].read(100), LIMIT_S)
    streams[1].transport.abort()


async def says(answer: bytes) -> asyncio.Server:
    """A server that says something to everybody and goes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):  # the gateway's patience is short here
            await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        if answer != b"nothing":
            writer.close()
            await writer.wait_closed()
        else:
            await reader.read()
            writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", 0)


SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nothing",
        b"\x15\x03\x03",
        b"HTTP/1.1 200",
        SWITCH + b"Sec-WebSocket-Accept: x\r\n\r\n",
        SWITCH[:40],
        b"HTTP/1.1 503 Busy\r\nContent-Length: 1000\r\n\r\nhalf",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    ],
)
async def test_a_server_that_is_none_is_an_answer_of_one_line(
    gateway: Gateway, session: ClientSession, jwt: Jwt, answer: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(upstream_module, "CONNECT_LIMIT_S", 0.5)
    async with await says(answer) as server:
        service, _ = await gateway(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
        url = service.url.replace("ws:", "http:")
        headers = {"Upgrade": "websocket", "Connection": "Upgrade"}
        async with session.get(
            f"{url}/rtc?access_token={jwt('a')}", headers=headers, allow_redirects=False
        ) as refused:
            assert refused.status in (302, 502, 503)
            assert (await refused.text()).count("\n") <= 1
