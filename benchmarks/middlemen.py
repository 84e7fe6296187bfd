"""What stands between sender and receiver: nothing, a bare forwarder, the relay, toxiproxy."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path

import requests

from benchmarks.wires import Wire, udp_socket
from harness.gateway.relay_client import RelayClient
from harness.gateway.relay_process import start_relay
from harness.processes.keeper_client import Keeper
from harness.server.choose import Wanted, toxiproxy_program
from harness.server.programs import start_toxiproxy

_STUN_REQUEST = bytes.fromhex("0001000c2112a442") + bytes(12) + b"\0\x06\0\x08ufrag:me"
"""A binding request with a user name, as it begins a flow."""
_LIMIT_S = 5


@contextmanager
def nobody() -> Iterator[Wire]:
    """From socket to socket."""
    with closing(udp_socket()) as sender, closing(udp_socket()) as receiver:
        to = receiver.getsockname()
        yield Wire(send=lambda data: sender.sendto(data, to), receiver=receiver)


@contextmanager
def forwarder() -> Iterator[Wire]:
    """A process that does nothing but receive and send: what waking a process costs."""
    with ExitStack() as stack:
        sender, entry, receiver = (stack.enter_context(closing(udp_socket())) for _ in range(3))
        to = entry.getsockname()
        out = receiver.getsockname()
        pid = os.fork()
        if pid == 0:
            try:
                while True:
                    sender.sendto(entry.recv(2048), out)
            finally:
                os._exit(1)
        try:
            yield Wire(send=lambda data: sender.sendto(data, to), receiver=receiver, pid=pid)
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


@asynccontextmanager
async def relay(folder: Path) -> AsyncIterator[tuple[Wire, RelayClient]]:
    """A relay with its ledger, and an open flow through it."""
    client = await RelayClient.open(start_relay(folder, seed=1), lambda _: None)
    try:
        with closing(udp_socket()) as sender, closing(udp_socket()) as receiver:
            to = await client.open_port("alice", *receiver.getsockname())
            await client.expect_ufrag("alice", "ufrag")
            receiver.settimeout(_LIMIT_S)
            sender.sendto(_STUN_REQUEST, to)
            receiver.recv(2048)
            wire = Wire(
                send=lambda data: sender.sendto(data, to), receiver=receiver, pid=client.pid
            )
            yield wire, client
            await client.snapshot()  # raises when the ledger could not be written
    finally:
        await client.close()


@contextmanager
def tcp() -> Iterator[Wire]:
    """From TCP socket to TCP socket."""
    with closing(_listener()) as listener:
        yield from _connected(listener, listener.getsockname())


@contextmanager
def toxiproxy(folder: Path, *, delay_ms: int) -> Iterator[Wire]:
    """A toxiproxy, with its toxic `latency` unless that is 0.

    Raises:
        ServerError: there is none.
    """
    program = toxiproxy_program(Wanted(), lambda _: None)
    with (
        Keeper.start(preload=[], log=folder / "keeper.log") as keeper,
        closing(_listener()) as listener,
    ):
        running = start_toxiproxy(program, keeper, folder)
        try:
            host, port = listener.getsockname()
            proxies = f"http://{running.api_host}:{running.api_port}/proxies"
            made = _post(
                proxies, {"name": "way", "listen": "127.0.0.1:0", "upstream": f"{host}:{port}"}
            )
            if delay_ms:
                attributes = {"latency": delay_ms}
                _post(
                    f"{proxies}/way/toxics",
                    {"type": "latency", "stream": "upstream", "attributes": attributes},
                )
            listen_host, _, listen_port = str(made["listen"]).rpartition(":")
            yield from _connected(listener, (listen_host, int(listen_port)))
        finally:
            running.stop()


def _connected(listener: socket.socket, to: tuple[str, int]) -> Iterator[Wire]:
    with closing(socket.create_connection(to, timeout=_LIMIT_S)) as sender:
        sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        receiver, _ = listener.accept()
        with closing(receiver):
            yield Wire(send=sender.sendall, receiver=receiver)


def _listener() -> socket.socket:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(_LIMIT_S)
    return listener


def _post(url: str, body: dict[str, object]) -> dict[str, object]:
    with requests.Session() as session:
        session.trust_env = False  # a proxy of the environment must not see loopback calls
        answer = session.post(url, json=body, timeout=_LIMIT_S)
        answer.raise_for_status()
        made: dict[str, object] = answer.json()
        return made
