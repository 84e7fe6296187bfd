from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aioice.stun import Class, Message, Method
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.evidence.bindings import FlowRow, ImpairmentsRow, SsrcRow
from harness.evidence.ledger_records import Cause, RecordKind, read_records
from harness.gateway import relay as relay_module
from harness.gateway.relay import Refused, Relay, Row
from harness.gateway.relay_flows import Address


def stun_request() -> bytes:
    message = Message(message_method=Method.BINDING, message_class=Class.REQUEST)
    message.attributes["USERNAME"] = "server:client"
    return bytes(message)


@dataclass
class Net:
    """A relay in this process, turned by hand, and sockets around it."""

    relay: Relay
    rows: list[Row]
    folder: Path
    stack: ExitStack = field(default_factory=ExitStack)

    def udp(self) -> socket.socket:
        sock = self.stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(2)
        return sock

    def send(self, sock: socket.socket, data: bytes, to: Address) -> None:
        """Send, and let the relay work until it has seen that."""
        sock.sendto(data, to)
        self.relay.turn(2)

    def causes(self) -> list[int]:
        self.relay.snapshot()
        causes: list[int] = read_records(self.folder, RecordKind.DEPARTURES)["cause"].tolist()
        return causes


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    rows: list[Row] = []
    net = Net(Relay(folder=tmp_path, seed=1, tell=rows.append), rows, tmp_path)
    with net.stack:
        yield net
    net.relay.close()


def test_the_same_port_is_given_for_the_same_candidate(net: Net) -> None:
    first = net.relay.open_port("alice", ("127.0.0.1", 1))
    assert net.relay.open_port("alice", ("127.0.0.1", 1)) == first
    assert net.relay.open_port("alice", ("127.0.0.1", 2)) != first
    assert net.relay.open_port("bob", ("127.0.0.1", 1)) != first
    assert first[0] == "127.0.0.1"


@pytest.mark.parametrize("host", ["localhost", "::1", ""])
def test_a_candidate_that_is_no_ipv4_address_is_refused(net: Net, host: str) -> None:
    with pytest.raises(Refused, match=r"no relay port on 127\.0\.0\.1 for \('"):
        net.relay.open_port("alice", (host, 1))


def test_only_ice_begins_a_flow(net: Net) -> None:
    server, client = net.udp(), net.udp()
    port = net.relay.open_port("alice", server.getsockname())
    for garbage in (b"", b"garbage", bytes(2000), b"\x80\x6f" + bytes(30)):
        net.send(client, garbage, port)
    assert not [row for row in net.rows if isinstance(row, FlowRow)]
    net.send(client, stun_request(), port)
    net.send(client, b"garbage", port)
    assert [type(row) for row in net.rows] == [ImpairmentsRow, FlowRow]
    (counts,) = net.relay.snapshot().ports
    assert (counts.flows, counts.refused, counts.participant) == (1, 4, "alice")


def test_each_client_address_has_a_flow_of_its_own(net: Net) -> None:
    server, one, two = net.udp(), net.udp(), net.udp()
    port = net.relay.open_port("alice", server.getsockname())
    backs = []
    for client in (one, two):
        net.send(client, stun_request(), port)
        backs.append(server.recvfrom(100)[1])
    for number, back in enumerate(backs):
        net.send(server, b"to %d" % number, back)
    assert (one.recv(10), two.recv(10)) == (b"to 0", b"to 1")


def test_flows_of_a_port_are_bounded_until_one_falls_silent(
    net: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = net.udp()
    port = net.relay.open_port("alice", server.getsockname())
    clients = [net.udp() for _ in range(17)]
    for client in clients:
        net.send(client, stun_request(), port)
    (counts,) = net.relay.snapshot().ports
    assert (counts.flows, counts.refused) == (16, 1)
    monkeypatch.setattr(relay_module, "_IDLE_NS", 0)
    net.send(clients[-1], stun_request(), port)
    (counts,) = net.relay.snapshot().ports
    assert (counts.flows, counts.refused) == (16, 1)
    flows = [row.client for row in net.rows if isinstance(row, FlowRow)]
    assert flows[-1] == f"127.0.0.1:{clients[-1].getsockname()[1]}"


def test_flows_and_ports_of_a_ledger_are_bounded(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_module, "_MAX_PORTS", 1)
    monkeypatch.setattr(relay_module, "_MAX_STREAMS", 1)
    server = net.udp()
    port = net.relay.open_port("alice", server.getsockname())
    with pytest.raises(Refused, match="1 relay ports are open"):
        net.relay.open_port("bob", server.getsockname())
    for _ in range(2):
        net.send(net.udp(), stun_request(), port)
    assert net.relay.snapshot().ports[0].refused == 1


def test_a_server_that_is_not_there_is_a_cause(net: Net) -> None:
    server, client = net.udp(), net.udp()
    address = server.getsockname()
    port = net.relay.open_port("alice", address)
    server.close()
    net.send(client, stun_request(), port)  # answered by "port unreachable"
    for _ in range(3):
        net.send(client, stun_request(), port)
    causes = net.causes()
    assert causes[0] == Cause.FORWARDED
    assert set(causes) <= {Cause.FORWARDED, Cause.NO_UPSTREAM}


def test_an_ssrc_is_told_once_and_counted(net: Net) -> None:
    server, client = net.udp(), net.udp()
    port = net.relay.open_port("alice", server.getsockname())
    net.send(client, stun_request(), port)
    packet = bytes([0x80, 96]) + bytes(6) + (1234).to_bytes(4, "big") + bytes(50)
    cut = bytes([0x8F, 96]) + bytes(20)  # says more contributing sources than it holds
    for data in (packet, packet, cut):
        net.send(client, data, port)
    told = [row for row in net.rows if isinstance(row, SsrcRow)]
    assert [(row.ssrc, row.pt, row.mid) for row in told] == [(1234, 96, None)]
    up, down = net.relay.snapshot().sides
    assert (up.direction, up.total.packets, up.ssrcs[1234].packets) == ("up", 4, 2)
    assert down.total.packets == 0


def test_what_the_relay_was_too_slow_to_fetch_is_counted(net: Net) -> None:
    server, client = net.udp(), net.udp()
    port = net.relay.open_port("alice", server.getsockname())
    net.send(client, stun_request(), port)
    sent = 20_000
    for _ in range(sent):
        client.sendto(bytes(1000), port)
    before = -1
    while net.relay.snapshot().sides[0].total.packets != before:
        before = net.relay.snapshot().sides[0].total.packets
        net.relay.turn(0)
    snapshot = net.relay.snapshot()
    assert snapshot.kernel_dropped > 0
    assert snapshot.sides[0].total.packets + snapshot.kernel_dropped == sent + 1


def test_a_ledger_that_cannot_be_written_is_said(net: Net) -> None:
    net.relay._arrivals.error = "cannot write arrivals.bin: No space left on device"
    with pytest.raises(Refused, match="No space left"):
        net.relay.snapshot()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=300), max_size=8))
def test_no_datagram_of_a_flow_or_a_stranger_stops_it(net: Net, datagrams: list[bytes]) -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client,
    ):
        server.bind(("127.0.0.1", 0))
        server.settimeout(2)
        port = net.relay.open_port("alice", server.getsockname())
        for data in datagrams:
            net.send(client, data, port)
        net.send(client, stun_request(), port)
        server.recv(2000)
        for data in datagrams:
            net.send(client, data, port)
            assert server.recv(2000) == data
