from __future__ import annotations

import pytest

from harness.gateway.relay_messages import Extensions
from harness.gateway.relay_sides import (
    MAX_SOURCES,
    MAX_UFRAGS,
    Participant,
    Side,
    Source,
    TrackNames,
)
from harness.network.agenda import Agenda
from harness.network.lane import Lane
from harness.network.rtp import RtpHeader, parse_rtp
from tests.gateway.relay_net import rtp


@pytest.fixture
def alice() -> Participant:
    return Participant("alice", [Lane(Agenda()), Lane(Agenda())], TrackNames())


def header(ssrc: int = 7, payload_type: int = 111, **extensions: bytes) -> RtpHeader:
    ids = {"mid": 4, "rid": 10, "repaired": 11}
    found = {ids[name]: value for name, value in extensions.items()}
    parsed = parse_rtp(rtp(1, ssrc=ssrc, payload_type=payload_type, extensions=found))
    assert parsed is not None
    return parsed


def seen(side: Side, first: RtpHeader) -> Source:
    source = side.add_source(first)
    assert source is not None
    return source


def test_medium_comes_from_payload_type_and_track_from_binding(alice: Participant) -> None:
    alice.learn_payloads({111: "audio"}, {111: "opus"}, None)
    source = seen(alice.side("up"), header())
    assert (source.medium, source.track) == ("audio", None)
    alice.side("up").bind_ssrc(7, "TR_a", "audio")
    assert source.track == "TR_a"


def test_what_was_bound_before_the_first_packet_holds(alice: Participant) -> None:
    alice.side("down").bind_ssrc(7, "TR_a", "video")
    source = seen(alice.side("down"), header())
    assert (source.medium, source.track) == ("video", "TR_a")


def test_up_the_first_packet_says_track_and_layer(alice: Participant) -> None:
    side = alice.side("up")
    side.bind_mid("3", "TR_face", "video")
    layer = seen(side, header(7, 96, mid=b"3", rid=b"h"))
    repair = seen(side, header(8, 97, mid=b"3", repaired=b"h"))
    other = seen(side, header(9, 96, mid=b"4"))
    assert (layer.track, layer.medium, layer.layer) == ("TR_face", "video", "h")
    assert (repair.track, repair.medium, repair.layer) == ("TR_face", "video", "h")
    assert (other.track, other.layer) == (None, None)


def test_up_a_section_that_is_used_again_is_another_track(alice: Participant) -> None:
    side = alice.side("up")
    source = seen(side, header(mid=b"3"))
    side.bind_mid("3", "TR_a", "audio")
    assert (source.track, source.medium) == ("TR_a", "audio")
    side.bind_mid("3", "TR_b", "audio")
    assert source.track == "TR_b"


def test_up_a_mid_may_come_on_a_later_packet(alice: Participant) -> None:
    side = alice.side("up")
    side.bind_mid("3", "TR_a", "audio")
    source = seen(side, header())
    assert source.looks
    assert not side.look(source, header())
    assert side.look(source, header(mid=b"3"))
    assert not side.look(source, header(mid=b"3"))
    assert source.track == "TR_a"


def test_up_it_is_not_looked_for_for_ever(alice: Participant) -> None:
    side = alice.side("up")
    source = seen(side, header())
    while source.looks:
        side.look(source, header())
    known = seen(side, header(8, mid=b"3", rid=b"q"))
    assert known.looks == 0
    assert seen(alice.side("down"), header()).looks == 0


def test_other_ids_of_extensions_are_used_from_when_they_are_said(alice: Participant) -> None:
    alice.learn_payloads({}, {}, Extensions(mid=10, rid=4))
    alice.learn_payloads({}, {}, None)
    source = seen(alice.side("up"), header(mid=b"q", rid=b"3"))
    assert (source.mid, source.layer) == ("3", "q")


def test_sources_seen_before_their_payload_types_get_a_medium_later(alice: Participant) -> None:
    source = seen(alice.side("up"), header())
    assert source.medium is None
    alice.learn_payloads({111: "audio"}, {}, None)
    assert source.medium == "audio"


def test_sides_do_not_share_what_is_bound(alice: Participant) -> None:
    alice.side("up").bind_ssrc(7, "TR_a", "audio")
    assert seen(alice.side("down"), header()).track is None


def test_only_who_was_given_a_ufrag_may_begin(alice: Participant) -> None:
    assert not alice.may_begin("one:x")
    alice.expect("one")
    assert alice.may_begin("one:x")
    assert not any(alice.may_begin(name) for name in (None, "", ":x", "on:x", "x:one"))
    for number in range(MAX_UFRAGS):
        alice.expect(str(number))
    assert not alice.may_begin("one:x")
    assert alice.may_begin("0:x")


def test_sources_and_bindings_are_bounded(alice: Participant) -> None:
    side = alice.side("up")
    for ssrc in range(2 * MAX_SOURCES):
        side.bind_ssrc(ssrc, "TR_a", "audio")
        side.bind_mid(str(ssrc), "TR_a", "audio")
        side.add_source(header(ssrc))
    assert side.add_source(header(2 * MAX_SOURCES)) is None
    assert len(side.counts().ssrcs) == MAX_SOURCES


def test_totals_add_up_what_sources_counted(alice: Participant) -> None:
    side = alice.side("up")
    source = seen(side, header())
    source.packets, source.bytes, source.forwarded, source.dropped = 5, 500, 3, 1
    side.by_kind[1].packets = 2
    counts = side.counts()
    assert (counts.total.packets, counts.total.bytes, counts.total.dropped) == (7, 500, 1)
    assert counts.ssrcs[7].forwarded == 3
