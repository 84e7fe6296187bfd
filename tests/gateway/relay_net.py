"""What tests of the relay send, and a relay in this process that is turned by hand."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aioice.stun import Class, Message, Method

from harness.evidence.ledger_records import RecordKind, read_records
from harness.gateway.relay import Relay, Row
from harness.gateway.relay_flows import Address


def stun_request(ufrag: str = "server") -> bytes:
    """A binding request of a client to the server of that user fragment."""
    message = Message(message_method=Method.BINDING, message_class=Class.REQUEST)
    message.attributes["USERNAME"] = f"{ufrag}:client"
    return bytes(message)


def rtp(
    sequence: int,
    *,
    ssrc: int = 7,
    payload_type: int = 111,
    extensions: dict[int, bytes] | None = None,
) -> bytes:
    """A packet with one-byte header extensions and a payload that its number decides."""
    block = b"".join(
        bytes([number << 4 | len(value) - 1]) + value
        for number, value in (extensions or {}).items()
    )
    block += bytes(-len(block) % 4)
    head = bytes([0x90 if block else 0x80, payload_type])
    head += sequence.to_bytes(2, "big") + (960 * sequence).to_bytes(4, "big")
    head += ssrc.to_bytes(4, "big")
    if block:
        head += b"\xbe\xde" + (len(block) // 4).to_bytes(2, "big") + block
    return head + sequence.to_bytes(2, "big") * 40


@dataclass
class Net:
    """A relay in this process and sockets around it."""

    relay: Relay
    rows: list[Row]
    folder: Path
    stack: ExitStack = field(default_factory=ExitStack)

    def udp(self) -> socket.socket:
        """A bound socket whose reads have a time limit."""
        sock = self.stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(2)
        return sock

    def send(self, sock: socket.socket, data: bytes, to: Address) -> None:
        """Send, and let the relay work until it has seen that."""
        sock.sendto(data, to)
        self.relay.turn(2)

    def flow(self, participant: str = "alice") -> Way:
        """A client and a server of a participant who may begin, with a flow between them."""
        server, client = self.udp(), self.udp()
        port = self.relay.open_port(participant, server.getsockname())
        self.relay.participant(participant).expect("server")
        self.send(client, stun_request(), port)
        return Way(self, client, server, port, server.recvfrom(2048)[1])

    def causes(self) -> list[int]:
        """Of all departures so far."""
        self.relay.snapshot()
        causes: list[int] = read_records(self.folder, RecordKind.DEPARTURES)["cause"].tolist()
        return causes


@dataclass
class Way:
    """One flow."""

    net: Net
    client: socket.socket
    server: socket.socket
    port: Address
    back: Address
    """Where the server sends to."""

    def up(self, data: bytes) -> None:
        """Send from the client, and let the relay work."""
        self.net.send(self.client, data, self.port)

    def down(self, data: bytes) -> None:
        """Send from the server, and let the relay work."""
        self.net.send(self.server, data, self.back)


@contextmanager
def relay_net(folder: Path, kind: type[Relay] = Relay) -> Iterator[Net]:
    """A relay that writes its ledger there."""
    rows: list[Row] = []
    relay = kind(folder=folder, seed=1, host="127.0.0.1", tell=rows.append)
    net = Net(relay, rows, folder)
    with net.stack:
        yield net
    relay.close()
