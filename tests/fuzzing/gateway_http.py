"""What comes to a gateway over HTTP, from clients and from who controls it; and its server."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import zlib
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
from livekit.protocol import models, rtc

from harness.gateway.config import decode_config
from harness.gateway.join_request import encode_join_request
from harness.gateway.relay_process import start_relay
from harness.gateway.service import Service, serving
from harness.network.profile import load_profile
from tests.fuzzing.target import Take, Target, require

TOKEN = "control-token-of-the-fuzz"
LIMIT_S = 5.0
PATIENCE_S = 0.03
"""With a request that was cut: the other side waits for the rest."""
WELCOME_S = 0.5
"""For alice, who may wait for what the server never says."""
CLAIMS = base64.urlsafe_b64encode(b'{"sub":"alice","video":{"room":"r"}}').rstrip(b"=")
ALICE = b"e30.%s.hushhush" % CLAIMS
"""A token whose signature nobody would accept."""
UPGRADE = (
    b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
)
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
KEY = re.compile(rb"(?i)sec-websocket-key: *(\S+)")
JOIN = rtc.SignalResponse(
    join=rtc.JoinResponse(participant=models.ParticipantInfo(identity="alice", sid="PA_a"))
)
MUTE = rtc.SignalRequest(mute=rtc.MuteTrackRequest(sid="TR_v", muted=True))


def _controls(folder: Path) -> list[bytes]:
    loss = b'{"impairments":[{"impairment":"loss","ratio":0.05,"target":{"participant":"alice"}}]}'
    profiles = [
        msgspec.json.encode({"profile": load_profile(name), "participant": who})
        for name, who in (("wifi-loss5", "alice"), ("lte-walk", None), ("blackhole", "alice"))
    ]
    toxics = b'{"toxics":[{"type":"latency","stream":"upstream","attributes":{"latency":5}}]}'
    return [
        _http(b"GET", b"/state"),
        _http(b"POST", b"/impairments", loss),
        *(_http(b"POST", b"/profile", profile) for profile in profiles),
        _http(b"POST", b"/participants/al%20ice", toxics),
        _http(b"POST", b"/snapshot").replace(b"Host: x", b"Content-Encoding: gzip"),
    ]


def _clients(folder: Path) -> list[bytes]:
    join = encode_join_request(rtc.JoinRequest(metadata="m")).encode()
    return [
        *(_get(b"/rtc?n=%d" % one, UPGRADE) + _frame(MUTE) for one in range(2 * len(ANSWERS))),
        _get(b"/rtc/v1?join_request=" + join, UPGRADE),
        _get(b"/agent?x=y", UPGRADE) + _frame(MUTE),
        _get(b"/rtc/v1/validate?x=y"),
        _get(b"/settings/regions?x=y"),
        _http(b"POST", b"/twirp/livekit.RoomService/ListRooms", b"{}"),
    ]


def _http(method: bytes, path: bytes, body: bytes = b"") -> bytes:
    head = b"%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n"
    return head % (method, path, TOKEN.encode(), len(body)) + body


def _get(path: bytes, *headers: bytes) -> bytes:
    """By alice, of a path with a query."""
    line = b"GET %s&access_token=%s HTTP/1.1" % (path, ALICE)
    return b"\r\n".join([line, b"Host: x", *headers, b"", b""])


def _frame(message: rtc.SignalRequest) -> bytes:
    """Short, and masked with zeros, so that it can be read."""
    data = message.SerializeToString()
    return bytes([0x82, 0x80 | len(data), 0, 0, 0, 0]) + data


def _joins(head: bytes) -> bytes:
    key = KEY.search(head)
    accept = hashlib.sha1((key[1] if key else b"") + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
    data = JOIN.SerializeToString()
    said = bytes([0x82, len(data)]) + data
    return SWITCH + b"Sec-WebSocket-Accept: %s\r\n\r\n" % base64.b64encode(accept.digest()) + said


ANSWERS: tuple[Callable[[bytes], bytes], ...] = (
    _joins,
    lambda head: _joins(head) + b"\x82\x05noise\x8f\xff\xff",
    lambda _: SWITCH + b"Sec-WebSocket-Accept: x\r\n\r\n",
    lambda _: b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno",
    lambda _: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    lambda _: b"\x15\x03\x03\x00\x02\x02\x28",
)
"""Of a server to the head of a request; all but the first two are those of one that is none."""


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say one of the answers, the same to the same request, and go at the next word."""
    with suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
        head = await reader.readuntil(b"\r\n\r\n")
        answer = ANSWERS[zlib.crc32(head.partition(b"\r\n")[0]) % len(ANSWERS)](head)
        writer.write(answer)
        if answer.startswith(SWITCH):
            await reader.read(1)
    writer.close()


def _gateway(name: str, seeds: Callable[[Path], list[bytes]], *, control: bool) -> Target:
    """A gateway at which alice has been: her profile plays."""

    @contextmanager
    def start(folder: Path) -> Iterator[Take]:
        relay = start_relay(folder, seed=1)
        with asyncio.Runner() as runner:
            server = runner.run(asyncio.start_server(_serve, "127.0.0.1", 0, limit=1 << 20))
            url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            line = {"upstream_url": url, "token": TOKEN, "folder": str(folder)}
            serves = serving(decode_config(msgspec.json.encode(line)), relay)
            service = runner.run(serves.__aenter__())
            try:
                runner.run(_answer(service.url, _get(b"/rtc?x=y", UPGRADE), WELCOME_S))
                yield lambda data: _ask(runner.run, service, data, control=control)
            finally:
                runner.run(serves.__aexit__(None, None, None))
                server.close()

    return Target(name=name, seeds=seeds, open=start)


def _ask(
    run: Callable[[Coroutine[Any, Any, bytes]], bytes],
    service: Service,
    data: bytes,
    *,
    control: bool,
) -> None:
    answer = run(_answer(service.control if control else service.url, data, PATIENCE_S))
    require(not answer.startswith(b"HTTP/1.1 500"), f"the gateway failed: {answer[-80:]!r}")
    if control and TOKEN.encode() not in data:
        require(not answer.startswith(b"HTTP/1.1 200"), "an answer without the token")
    state = run(_answer(service.control, _http(b"GET", b"/state")))
    require(state.startswith(b"HTTP/1.1 200"), f"the gateway no longer serves: {state[:60]!r}")


async def _answer(url: str, data: bytes, limit_s: float = LIMIT_S) -> bytes:
    """What is answered first, after which a WebSocket is listened to; nothing if that is late."""
    port = int(url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    said = b""
    try:
        writer.write(data)
        with suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(limit_s):
                said = await reader.read(1 << 16)
                while said.startswith(b"HTTP/1.1 101") and await reader.read(1 << 16):
                    pass
        return said
    finally:
        writer.transport.abort()


HTTP = (
    _gateway("control API", _controls, control=True),
    _gateway("HTTP at the gateway", _clients, control=False),
)
"""What is asked over HTTP."""
