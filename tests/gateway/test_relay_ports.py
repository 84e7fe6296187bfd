from __future__ import annotations

import gc
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.evidence.bindings import FlowRow
from harness.evidence.ledger_records import Cause, RecordKind, read_records
from harness.gateway import relay_ports
from harness.gateway.relay_flows import Flow, Stream
from harness.gateway.relay_ports import Refused
from tests.gateway.relay_net import Net, relay_net, rtp, stun_request

CAUSE = Cause.FIRST_IMPAIRMENT + 3


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    with relay_net(tmp_path) as net:
        yield net


def flows(net: Net) -> list[FlowRow]:
    return [row for row in net.rows if isinstance(row, FlowRow)]


def open_sockets() -> int:
    """Of UDP: other files of this process are others' business."""
    return len(psutil.Process().net_connections("udp"))


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


def test_only_the_participant_itself_begins_a_flow(
    net: Net, caplog: pytest.LogCaptureFixture
) -> None:
    server, client = net.udp(), net.udp()
    port = net.relay.open_port("alice", server.getsockname())
    net.send(client, stun_request(), port)  # nobody was given this yet
    net.relay.participant("alice").expect("server")
    net.relay.participant("bob").expect("bobs")
    garbage = (b"", b"garbage", bytes(2000), rtp(1), b"\x16\xfe\xfd" + bytes(50))
    for data in (*garbage, stun_request("bobs"), stun_request("")):
        net.send(client, data, port)
    assert not flows(net)
    net.send(client, stun_request(), port)
    net.send(client, b"garbage", port)
    assert [row.participant for row in flows(net)] == ["alice"]
    (counts,) = net.relay.snapshot().ports
    assert (counts.flows, counts.refused, counts.participant) == (1, 8, "alice")
    assert len(caplog.records) == 1
    assert "datagrams refused" in caplog.text
    assert f"127.0.0.1:{client.getsockname()[1]}, a stranger" in caplog.text


def test_each_client_address_has_a_flow_of_its_own(net: Net) -> None:
    server, one, two = net.udp(), net.udp(), net.udp()
    port = net.relay.open_port("alice", server.getsockname())
    net.relay.participant("alice").expect("server")
    backs = []
    for client in (one, two):
        net.send(client, stun_request(), port)
        backs.append(server.recvfrom(100)[1])
    for number, back in enumerate(backs):
        net.send(server, b"to %d" % number, back)
    assert (one.recv(10), two.recv(10)) == (b"to 0", b"to 1")
    assert [row.mapped for row in flows(net)] == [f"127.0.0.1:{back[1]}" for back in backs]


def test_flows_of_a_port_are_bounded_until_one_falls_silent(
    net: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_ports, "_MAX_FLOWS", 3)
    way = net.flow()
    late = net.udp()
    for client in (net.udp(), net.udp(), late):
        net.send(client, stun_request(), way.port)
    assert (net.relay.snapshot().ports[0].flows, net.relay.snapshot().ports[0].refused) == (3, 1)
    monkeypatch.setattr(relay_ports, "_FLOW_IDLE_NS", 0)
    net.send(late, stun_request(), way.port)
    assert (net.relay.snapshot().ports[0].flows, net.relay.snapshot().ports[0].refused) == (3, 1)
    assert flows(net)[-1].client == f"127.0.0.1:{late.getsockname()[1]}"


def test_a_port_that_was_silent_makes_room(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_ports, "_MAX_PORTS", 2)
    net.flow("alice")
    way = net.flow("bob")
    with pytest.raises(Refused, match="2 relay ports are in use"):
        net.relay.open_port("carol", way.server.getsockname())
    monkeypatch.setattr(relay_ports, "_PORT_IDLE_NS", 0)
    net.relay.open_port("carol", way.server.getsockname())
    assert [port.participant for port in net.relay.snapshot().ports] == ["bob", "carol"]
    way.up(rtp(1))
    assert way.server.recv(2048) == rtp(1)


def test_flows_of_a_ledger_are_bounded(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_ports, "_MAX_STREAMS", 1)
    way = net.flow()
    net.send(net.udp(), stun_request(), way.port)
    assert net.relay.snapshot().ports[0].refused == 1


def test_a_thousand_rapid_connects_leak_nothing_and_disturb_nobody(net: Net) -> None:
    bob = net.flow("bob")
    alice = net.flow("alice")
    open_before = open_sockets()
    for number in range(1000):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.bind(("127.0.0.1", 0))
            net.send(client, stun_request(), alice.port)
        bob.up(rtp(number))
        assert bob.server.recv(2048) == rtp(number)
    counts = {port.participant: port for port in net.relay.snapshot().ports}
    assert (counts["bob"].flows, counts["bob"].refused) == (1, 0)
    assert counts["alice"].flows == relay_ports._MAX_FLOWS
    assert counts["alice"].refused > 800, "but for those who got the port number of another again"
    gc.collect()
    assert open_sockets() - open_before == relay_ports._MAX_FLOWS - 1


def test_flows_that_made_room_are_gone_without_a_garbage_collection(
    net: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_ports, "_FLOW_IDLE_NS", 0)
    monkeypatch.setattr(relay_ports, "_MAX_FLOWS", 2)
    gc.collect()
    gc.disable()
    try:
        way = net.flow()
        for _ in range(10):
            net.send(net.udp(), stun_request(), way.port)
        assert sum(isinstance(one, Flow) for one in gc.get_objects()) == 2
    finally:
        gc.enable()


def test_strangers_are_counted_and_logged_at_powers_of_ten(
    net: Net, caplog: pytest.LogCaptureFixture
) -> None:
    alice, stranger = net.flow(), net.udp()
    open_before = open_sockets()
    for _ in range(250):
        net.send(stranger, stun_request("guess"), alice.port)
    assert open_sockets() == open_before
    assert net.relay.snapshot().ports[0].refused == 250
    assert len(caplog.records) == 3
    assert len(net.causes()) == 1, "strangers are not in the ledger"


def test_a_rebound_flow_has_a_new_port_and_keeps_its_number(net: Net) -> None:
    way, other = net.flow("alice"), net.flow("bob")
    net.relay.ports.rebind("alice", CAUSE)
    way.up(rtp(1))
    data, back = way.server.recvfrom(2048)
    assert (data, back != way.back) == (rtp(1), True)
    net.send(way.server, rtp(2), back)
    assert way.client.recv(2048) == rtp(2)
    other.up(rtp(3))
    assert other.server.recvfrom(2048) == (rtp(3), other.back)
    first, _, again = flows(net)
    assert (again.flow, again.client, again.upstream) == (first.flow, first.client, first.upstream)
    assert (first.mapped, again.mapped) == (f"127.0.0.1:{way.back[1]}", f"127.0.0.1:{back[1]}")


def test_what_comes_to_the_port_before_a_rebind_is_dropped_by_it(net: Net) -> None:
    way = net.flow()
    way.server.sendto(rtp(1), way.back)  # still unread when the port is given up
    net.relay.ports.rebind("alice", CAUSE)
    net.relay.turn(2)
    way.down(rtp(2))
    way.up(rtp(3))
    _, back = way.server.recvfrom(2048)
    net.send(way.server, rtp(4), back)
    assert way.client.recv(2048) == rtp(4)
    assert net.causes() == [0, CAUSE, CAUSE, 0, 0]
    for kind in RecordKind:
        records = read_records(net.folder, kind)
        assert records["n"][records["stream"] == 1].tolist() == [0, 1, 2]
    down = net.relay.snapshot().sides[1]
    assert (down.total.packets, down.total.forwarded, down.total.dropped) == (3, 1, 2)
    assert down.ssrcs[7] == down.total


def test_a_rebind_while_a_port_is_read_drops_the_rest_of_what_came_to_it(net: Net) -> None:
    way = net.flow()
    carry = net.relay.ports._carry

    def rebind_behind_the_first(stream: Stream, data: bytes, cause: int) -> int:
        at_ns = carry(stream, data, cause)
        if data == rtp(1):
            net.relay.ports.rebind("alice", CAUSE)
        return at_ns

    net.relay.ports._carry = rebind_behind_the_first
    for number in (1, 2, 3):
        way.server.sendto(rtp(number), way.back)
    net.relay.turn(2)
    net.relay.turn(2)
    assert way.client.recv(2048) == rtp(1)
    assert net.causes() == [0, 0, CAUSE, CAUSE]


def test_ports_that_were_given_up_are_closed_after_a_while(
    net: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    net.flow()
    open_before = open_sockets()
    net.relay.ports.rebind("alice", CAUSE)
    net.relay.turn(0)
    assert open_sockets() == open_before + 1
    monkeypatch.setattr(relay_ports, "_GIVEN_UP_NS", 0)
    net.relay.ports.rebind("alice", CAUSE)
    assert net.relay.ports.next_ns is not None
    net.relay.ports.close_given_up(net.relay.ports.next_ns)
    net.relay.ports.close_given_up(net.relay.ports.next_ns)
    assert net.relay.ports.next_ns is None
    assert open_sockets() == open_before


def test_the_relay_wakes_to_close_a_port_that_was_given_up(
    net: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    net.flow()
    open_before = open_sockets()
    monkeypatch.setattr(relay_ports, "_GIVEN_UP_NS", 1)
    net.relay.ports.rebind("alice", CAUSE)
    net.relay.turn()
    assert open_sockets() == open_before


def test_ports_that_were_given_up_are_bounded_and_the_oldest_goes(
    net: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_ports, "_MAX_GIVEN_UP", 2)
    way = net.flow()
    open_before = open_sockets()
    way.server.sendto(rtp(1), way.back)
    for _ in range(5):
        net.relay.ports.rebind("alice", CAUSE)
    assert open_sockets() == open_before + 2
    assert net.causes() == [0, CAUSE], "what had come to it is read before it is closed"
    net.relay.ports.close()
    assert open_sockets() == open_before - 2, "the listener and the socket to the server"


def test_a_rebind_that_gets_no_socket_keeps_the_old_one(
    net: Net, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(upstream: tuple[str, int]) -> socket.socket:
        raise OSError("too many open files")

    way = net.flow()
    with monkeypatch.context() as patch:
        patch.setattr(relay_ports, "_connected", fail)
        net.relay.ports.rebind("alice", CAUSE)
        net.send(net.udp(), stun_request(), way.port)
    assert "a flow of 'alice' cannot be rebound: too many open files" in caplog.text
    assert "gets no socket (too many open files)" in caplog.text
    way.up(rtp(1))
    assert way.server.recvfrom(2048) == (rtp(1), way.back)


def test_a_snapshot_counts_what_closed_sockets_lost(net: Net) -> None:
    way = net.flow()
    before = -1
    while net.relay.snapshot().kernel_dropped == 0:
        way.server.sendto(bytes(1000), way.back)
        before += 1
        assert before < 100_000
    lost = net.relay.snapshot().kernel_dropped
    net.relay.ports.rebind("alice", CAUSE)
    assert net.relay.snapshot().kernel_dropped == lost
    assert net.relay.ports.next_ns is not None
    net.relay.ports.close_given_up(net.relay.ports.next_ns)
    assert net.relay.snapshot().kernel_dropped == lost


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=300), max_size=8))
def test_no_datagram_of_a_flow_or_a_stranger_stops_it(net: Net, datagrams: list[bytes]) -> None:
    net.relay.participant("alice").expect("server")
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
