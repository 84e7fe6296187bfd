from __future__ import annotations

from harness.gateway.relay_flows import MAX_SOURCES, Participant
from harness.network.agenda import Agenda
from harness.network.lane import Lane


def test_medium_comes_from_payload_type_and_track_from_binding() -> None:
    alice = Participant("alice", [Lane(Agenda()), Lane(Agenda())])
    alice.learn_payloads({111: "audio"}, mid=4, rid=10)
    source = alice.side("up").add_source(7, 111)
    assert source is not None
    assert (source.medium, source.track) == ("audio", None)
    alice.side("up").bind(7, "TR_a", "audio")
    assert source.track == "TR_a"


def test_what_was_bound_before_the_first_packet_holds() -> None:
    alice = Participant("alice", [Lane(Agenda()), Lane(Agenda())])
    alice.side("down").bind(7, "TR_a", "video")
    source = alice.side("down").add_source(7, 97)
    assert source is not None
    assert (source.medium, source.track) == ("video", "TR_a")


def test_sources_seen_before_their_payload_types_get_a_medium_later() -> None:
    alice = Participant("alice", [Lane(Agenda()), Lane(Agenda())])
    source = alice.side("up").add_source(7, 111)
    assert source is not None
    assert source.medium is None
    alice.learn_payloads({111: "audio"}, mid=4, rid=10)
    assert source.medium == "audio"


def test_sides_do_not_share_what_is_bound() -> None:
    alice = Participant("alice", [Lane(Agenda()), Lane(Agenda())])
    alice.side("up").bind(7, "TR_a", "audio")
    source = alice.side("down").add_source(7, 111)
    assert source is not None
    assert source.track is None


def test_sources_and_bindings_are_bounded() -> None:
    side = Participant("alice", [Lane(Agenda()), Lane(Agenda())]).side("up")
    for ssrc in range(2 * MAX_SOURCES):
        side.bind(ssrc, "TR_a", "audio")
        side.add_source(ssrc, 111)
    assert side.add_source(2 * MAX_SOURCES, 111) is None
    assert len(side.counts().ssrcs) == MAX_SOURCES


def test_totals_add_up_what_sources_counted() -> None:
    side = Participant("alice", [Lane(Agenda()), Lane(Agenda())]).side("up")
    source = side.add_source(7, 111)
    assert source is not None
    source.packets, source.bytes, source.forwarded, source.dropped = 5, 500, 3, 1
    side.by_kind[1].packets = 2
    counts = side.counts()
    assert (counts.total.packets, counts.total.bytes, counts.total.dropped) == (7, 500, 1)
    assert counts.ssrcs[7].forwarded == 3
