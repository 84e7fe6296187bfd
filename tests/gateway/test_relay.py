from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from harness.evidence.bindings import ImpairmentsRow, SsrcRow
from harness.evidence.ledger_records import ALTERED, COPY, Cause, RecordKind, read_records
from harness.gateway import relay_held
from harness.gateway.relay_ports import Refused
from harness.network import engine
from harness.network.impairment import (
    Course,
    Delivery,
    Exit,
    ExitPlan,
    Packet,
    Target,
)
from harness.network.impairments import Delay, DropList, RateLimit, Rebind
from harness.network.phase import Phase
from tests.gateway.relay_net import Net, relay_net, rtp

MID, RID = 4, 10


class Twice(Exit, frozen=True, kw_only=True, tag="twice"):
    """A further copy of everything, with its second bit inverted."""

    def plan(self, course: Course) -> ExitPlan:
        def plan(n: int, packet: Packet, deliveries: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
            (one,) = deliveries
            return (one, Delivery(one.at_ns, COPY | 16), Delivery(one.at_ns, ALTERED | 17, 1))

        return plan


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    with relay_net(tmp_path) as net:
        yield net


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine knows the impairment of this file."""
    ranks: dict[type, int] = dict(engine._RANK)
    ranks[Twice] = len(ranks)
    monkeypatch.setattr(engine, "_RANK", ranks)


def drop_first(**aim: str) -> tuple[DropList]:
    return (DropList(indices=(0,), target=msgspec.convert(aim, Target)),)


def test_a_server_that_is_not_there_is_a_cause(net: Net) -> None:
    way = net.flow()
    way.server.close()
    way.up(rtp(0))  # answered by "port unreachable"
    for number in range(3):
        way.up(rtp(number))
    causes = net.causes()
    assert causes[:2] == [Cause.FORWARDED, Cause.FORWARDED]
    assert set(causes) <= {Cause.FORWARDED, Cause.NO_UPSTREAM}


def test_an_ssrc_is_told_once_and_counted(net: Net) -> None:
    way = net.flow()
    cut = bytes([0x8F, 96]) + bytes(20)  # says more contributing sources than it holds
    for data in (rtp(1, ssrc=1234), rtp(2, ssrc=1234), cut):
        way.up(data)
    told = [row for row in net.rows if isinstance(row, SsrcRow)]
    assert [(row.ssrc, row.pt, row.mid) for row in told] == [(1234, 111, None)]
    up, down = net.relay.snapshot().sides
    assert (up.direction, up.total.packets, up.ssrcs[1234].packets) == ("up", 4, 2)
    assert down.total.packets == 0


def test_an_ssrc_is_told_again_when_its_mid_comes_later(net: Net) -> None:
    way = net.flow()
    way.up(rtp(1))
    way.up(rtp(2, extensions={MID: b"3", RID: b"q"}))
    way.up(rtp(3, extensions={MID: b"3", RID: b"q"}))
    told = [(row.mid, row.rid) for row in net.rows if isinstance(row, SsrcRow)]
    assert told == [(None, None), ("3", "q")]


@pytest.mark.parametrize(
    "aim", [{"track": "TR_a"}, {"layer": "q"}, {"codec": "vp8"}, {"medium": "video"}]
)
def test_the_first_packet_up_can_be_aimed_at(net: Net, aim: dict[str, str]) -> None:
    way, alice = net.flow(), net.relay.participant("alice")
    alice.learn_payloads({96: "video", 111: "audio"}, {96: "vp8", 111: "opus"}, None)
    alice.side("up").bind_mid("3", "TR_a", "video")
    alice.side("up").bind_mid("4", "TR_b", "audio")
    net.relay.set_impairments(drop_first(**aim))
    other = rtp(1, ssrc=8, extensions={MID: b"4"})
    way.up(other)
    way.up(rtp(2, payload_type=96, extensions={MID: b"3", RID: b"q"}))
    way.up(rtp(3, payload_type=96))
    assert [way.server.recv(2048) for _ in range(2)] == [other, rtp(3, payload_type=96)]


@pytest.mark.parametrize("name_first", [True, False], ids=["named before", "named after"])
def test_a_track_can_be_aimed_at_by_its_name(net: Net, *, name_first: bool) -> None:
    way, alice = net.flow(), net.relay.participant("alice")
    alice.learn_payloads({111: "audio"}, {111: "opus"}, None)
    if name_first:
        net.relay.name_track("TR_b", "alice/sound2")
    alice.side("up").bind_mid("3", "TR_a", "audio")
    alice.side("up").bind_mid("4", "TR_b", "audio")
    net.relay.name_track("TR_a", "alice/sound1")
    net.relay.name_track("TR_b", "alice/sound2")
    net.relay.set_impairments(drop_first(track="alice/sound2"))
    others = [rtp(1, ssrc=8, extensions={MID: b"3"}), rtp(3, extensions={MID: b"4"})]
    way.up(others[0])
    way.up(rtp(2, extensions={MID: b"4"}))
    way.up(others[1])
    assert [way.server.recv(2048) for _ in range(2)] == others


def test_a_sequence_number_can_be_dropped(net: Net) -> None:
    way = net.flow()
    net.relay.set_impairments((DropList(sequences=(513,)),))
    for number in (512, 513, 514):
        way.up(rtp(number))
    assert [way.server.recv(2048) for _ in range(2)] == [rtp(512), rtp(514)]


def test_copies_and_altered_packets_are_departures_of_their_own(net: Net) -> None:
    way = net.flow()
    net.relay.set_impairments((Twice(),))  # type: ignore[arg-type]
    way.up(rtp(1))
    net.relay.turn(0)
    altered = bytes([rtp(1)[0] ^ 0x40]) + rtp(1)[1:]
    assert [way.server.recv(2048) for _ in range(3)] == [rtp(1), rtp(1), altered]
    net.relay.snapshot()
    departures = read_records(net.folder, RecordKind.DEPARTURES)[1:]
    assert departures["cause"].tolist() == [0, COPY | 16, ALTERED | 17]
    assert departures["n"].tolist() == [1, 1, 1]
    assert net.relay.snapshot().sides[0].ssrcs[7].forwarded == 2


def test_a_delayed_packet_leaves_at_its_time_and_not_before(net: Net) -> None:
    way = net.flow()
    net.relay.set_impairments((Delay(delay_ms=20),))
    way.up(rtp(1))
    while len(net.causes()) < 2:
        net.relay.turn(1)
    arrivals = read_records(net.folder, RecordKind.ARRIVALS)
    departures = read_records(net.folder, RecordKind.DEPARTURES)
    assert departures["t_ns"][1] - arrivals["t_ns"][1] >= 20_000_000


def test_what_a_queue_drops_has_the_queue_s_cause(net: Net) -> None:
    way = net.flow()
    size = len(rtp(0))
    net.relay.set_impairments((RateLimit(rate_kbps=100, queue_bytes=2 * size),))
    for number in range(10):
        way.up(rtp(number))
    assert net.relay.snapshot().overshoot_p99_ms is None
    while len(net.causes()) < 11:
        net.relay.turn(1)
    snapshot = net.relay.snapshot()
    assert snapshot.overshoot_p99_ms is not None
    assert snapshot.overshoot_max_ms is not None
    assert 0 <= snapshot.overshoot_p99_ms <= snapshot.overshoot_max_ms
    assert snapshot.met == (Cause.FIRST_IMPAIRMENT,)
    departures = read_records(net.folder, RecordKind.DEPARTURES)[1:]
    dropped = departures[departures["cause"] == Cause.FIRST_IMPAIRMENT]
    passed = departures[departures["cause"] == Cause.FORWARDED]
    assert len(dropped) + len(passed) == 10
    assert len(dropped) >= 5
    assert sorted([*dropped["n"], *passed["n"]]) == list(range(1, 11))
    first_ns = read_records(net.folder, RecordKind.ARRIVALS)["t_ns"][1]
    assert (passed["t_ns"] >= first_ns + size * 8 * 10_000 * np.arange(len(passed))).all()


def test_more_than_can_be_held_is_a_cause(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_held, "MAX_HELD", 1)
    way = net.flow()
    net.relay.set_impairments((Delay(delay_ms=60_000),))
    for number in range(2):
        way.up(rtp(number))
    assert net.causes() == [Cause.FORWARDED, Cause.HELD_TOO_MANY]


def test_a_rebind_gives_the_flows_of_its_participant_new_ports(net: Net) -> None:
    alice, bob = net.flow("alice"), net.flow("bob")
    net.relay.set_impairments((Rebind(first_ms=0, target=Target(participant="alice")),))
    for way in (alice, bob):
        way.up(rtp(1))
    assert alice.server.recvfrom(2048)[1] != alice.back
    assert bob.server.recvfrom(2048)[1] == bob.back


def test_what_a_rebind_loses_has_the_rebind_s_cause(net: Net) -> None:
    way = net.flow()
    delay, rebind = Delay(delay_ms=0, target=Target(participant="bob")), Rebind(first_ms=0)
    net.relay.set_impairments((rebind, delay))
    net.relay.turn(0)
    way.down(rtp(1))
    row = next(one for one in reversed(net.rows) if isinstance(one, ImpairmentsRow))
    (numbered,) = row.impairments
    assert numbered.impairment["impairment"] == "rebind"
    assert numbered.cause != Cause.FIRST_IMPAIRMENT
    assert net.causes() == [Cause.FORWARDED, numbered.cause]


def test_a_profile_begins_with_its_participant(net: Net) -> None:
    phases = (Phase(at_ns=0, impairments=drop_first()), Phase(at_ns=3600 * 10**9))
    at_ns = net.relay.set_profile(phases, "bob")
    bob = net.relay.participant("bob")
    net.relay.participant("alice")
    net.relay.turn(0)
    in_force = {row.participant: row for row in net.rows if isinstance(row, ImpairmentsRow)}
    assert [one.cause for one in in_force["bob"].impairments] == [Cause.FIRST_IMPAIRMENT]
    assert in_force["bob"].at_ns >= at_ns
    assert in_force["alice"].impairments == ()
    assert bob is net.relay.participant("bob")


def test_too_many_different_impairments_are_refused(
    net: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MOST_CAUSES", Cause.FIRST_IMPAIRMENT)
    with pytest.raises(Refused, match="too many different impairments"):
        net.relay.set_impairments(drop_first())
    with pytest.raises(Refused, match="too many different impairments"):
        net.relay.set_profile((Phase(at_ns=0, impairments=drop_first()),), None)


def test_what_the_relay_was_too_slow_to_fetch_is_counted(net: Net) -> None:
    way = net.flow()
    sent = 20_000
    for _ in range(sent):
        way.client.sendto(bytes(1000), way.port)
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
