"""The gateway as a program: everything between the participants and the server.

    participant ──ws──▶ signalling proxy ──▶ pipeline ──(toxiproxy, when there is one)──▶ server
         │                  │ stalls, cuts      │ learns tracks, calls interceptors, records,
         │                  │                   ▼ replaces candidates
         │                  │            signalling.ndjson, bindings.ndjson
         ├──udp──▶ relay port of the participant ──▶ engine decides ──▶ server
         │             (a process of its own)           └─▶ arrivals.bin, departures.bin
         └──tcp──▶ forwarder of the participant: stalls, cuts ──(toxiproxy)──▶ server

    stage ──http──▶ control API (loopback, token): state, profile, impairments, toxics, snapshot

The relay is forked before the event loop starts. Its ports, and forwarders where media over TCP is
asked for, are the only addresses that a client is ever offered, so media cannot go around them.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import msgspec

from harness.gateway.config import GatewayConfig, authority, decode_config
from harness.gateway.errors import GatewayError, ToxiproxyError
from harness.gateway.lying_relay import LyingRelay
from harness.gateway.relay import Relay
from harness.gateway.relay_client import RelayError
from harness.gateway.relay_process import RelayProcess, start_relay
from harness.gateway.service import serving

log = logging.getLogger(__name__)

MAX_CONFIG_BYTES = 1024 * 1024
CONFIG_LIMIT_S = 10.0
MAX_FILES = 65536


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """First line of a gateway that serves."""

    url: str
    control: str


class NotStarted(msgspec.Struct, frozen=True, kw_only=True):
    """First and last line of a gateway that cannot."""

    error: str


def main(sock: socket.socket) -> None:
    """Be a gateway until the other end of `sock` closes, or SIGTERM.

    Reads one line, a GatewayConfig; answers one line, `{"url": …, "control": …}`. When it cannot
    start, or when its relay dies, it says `{"error": …}` and exits with status 1.
    """
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    _allow_many_files()
    try:
        config = decode_config(_first_line(sock))
        kind = LyingRelay if config.ledger_lies else Relay
        relay = start_relay(Path(config.folder), config.seed, config.listen_host, kind=kind)
        asyncio.run(_serve(config, relay, sock))
    except (GatewayError, RelayError, ToxiproxyError, OSError) as error:
        log.error("%s", error)  # noqa: TRY400 - the line says it all
        _answer(sock, NotStarted(error=str(error)))
        sys.exit(1)


def _allow_many_files() -> None:
    """A connection through the gateway takes two or three; many systems begin with 1024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_FILES if hard == resource.RLIM_INFINITY else min(MAX_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _log_failure(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What no coroutine could be told, as one line."""
    error = context.get("exception")
    log.error("%s%s", context["message"], f": {type(error).__name__}: {error}" if error else "")


async def _serve(config: GatewayConfig, relay: RelayProcess, sock: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_failure)
    terminated = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, terminated.set)
    async with serving(config, relay) as service:
        sock.setblocking(False)
        log.info("serving %s for %s:%d", service.url, *authority(config.upstream_url))
        _answer(sock, Started(url=service.url, control=service.control))
        ends: list[asyncio.Future[Any]] = [
            asyncio.create_task(loop.sock_recv(sock, 1), name="end of the run"),
            asyncio.create_task(terminated.wait(), name="SIGTERM"),
        ]
        await asyncio.wait([*ends, service.relay_died], return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        await asyncio.gather(*ends, return_exceptions=True)
        if service.relay_died.done():
            raise service.relay_died.result()


def _first_line(sock: socket.socket) -> bytes:
    sock.settimeout(CONFIG_LIMIT_S)
    line = bytearray()
    while not line.endswith(b"\n"):
        try:
            received = sock.recv(MAX_CONFIG_BYTES)
        except TimeoutError:
            received = b""
        line += received
        if not received or len(line) > MAX_CONFIG_BYTES:
            raise GatewayError("the gateway was given no configuration line")
    return bytes(line)


def _answer(sock: socket.socket, answer: Started | NotStarted) -> None:
    try:
        sock.sendall(msgspec.json.encode(answer) + b"\n")
    except OSError:
        log.info("nobody waits for the answer of the gateway")
