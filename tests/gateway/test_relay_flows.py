from __future__ import annotations

from harness.gateway.relay_flows import Flow, Port, Stream
from harness.gateway.relay_sides import Participant, TrackNames
from harness.gateway.relay_sockets import udp_socket
from harness.network.agenda import Agenda
from harness.network.lane import Lane


def test_a_port_was_of_use_when_one_of_its_flows_was_heard_last() -> None:
    alice = Participant("alice", [Lane(Agenda()), Lane(Agenda())], TrackNames())
    with udp_socket(lambda udp: udp.bind(("127.0.0.1", 0))) as udp:
        port = Port(alice, udp, ("127.0.0.1", 7882), 5)
        assert port.heard_ns == 5
        for number, heard_ns in enumerate((20, 30, 10)):
            stream = Stream(2 * number, alice.side("up"), len)
            port.flows["127.0.0.1", number] = flow = Flow(number, udp, stream, stream)
            flow.heard_ns = heard_ns
        counts = port.counts()
    assert port.heard_ns == 30
    assert (counts.participant, counts.port, counts.flows) == ("alice", port.address[1], 3)
    assert counts.upstream == "127.0.0.1:7882"
