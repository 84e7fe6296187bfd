from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from harness.evidence.bindings import FlowRow, ImpairmentsRow, SsrcRow
from harness.evidence.clock import NS_PER_S, now_ns
from harness.evidence.ledger_records import (
    DEPARTURE_DTYPE,
    HEAD_BYTES,
    MOST_CAUSES,
    RecordKind,
    read_records,
)
from harness.gateway import relay_client, relay_ports
from harness.gateway.identity import MAX_IDENTITY
from harness.gateway.participants import MAX_PARTICIPANTS
from harness.gateway.relay import Relay
from harness.gateway.relay_client import RelayClient, RelayDied, RelayError, RelayRow
from harness.gateway.relay_messages import (
    Counts,
    Extensions,
    PortCounts,
    SideCounts,
    Snapshot,
)
from harness.gateway.relay_process import MAX_REPLY, RelayProcess, start_relay
from harness.gateway.relay_sides import MAX_SOURCES, Source
from harness.network.impairment import Target
from harness.network.impairments import DropList
from harness.network.phase import Phase
from tests.gateway.relay_net import rtp, stun_request


class Udp:
    """A socket whose reads have a time limit; the relay at its other end is another process."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(20)
        self.socket.bind(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]

    def get(self, count: int) -> list[bytes]:
        return [self.socket.recv(2048) for _ in range(count)]


@dataclass
class Way:
    """A client and a server with the relay between them, and the flow open."""

    relay: RelayClient
    rows: list[RelayRow]
    client: Udp
    server: Udp
    port: tuple[str, int]
    back: tuple[str, int]


@pytest.fixture
def process(tmp_path: Path) -> RelayProcess:
    return start_relay(tmp_path, seed=1)


@pytest_asyncio.fixture
async def way(process: RelayProcess) -> AsyncIterator[Way]:
    rows: list[RelayRow] = []
    relay = await RelayClient.open(process, rows.append)
    client, server = Udp(), Udp()
    port = await relay.open_port("alice", "127.0.0.1", server.port)
    await relay.expect_ufrag("alice", "server")
    client.socket.sendto(stun_request(), port)
    _, back = server.socket.recvfrom(2048)
    yield Way(relay=relay, rows=rows, client=client, server=server, port=port, back=back)
    await relay.close()
    client.socket.close()
    server.socket.close()


@pytest.mark.asyncio
async def test_ledger_holds_exactly_what_passed_both_ways(way: Way, tmp_path: Path) -> None:
    up = [rtp(number) for number in range(200)]
    down = [rtp(number, ssrc=9) for number in range(100)]
    for packet in up:
        way.client.socket.sendto(packet, way.port)
    for packet in down:
        way.server.socket.sendto(packet, way.back)
    assert way.server.get(200) == up
    assert way.client.get(100) == down
    snapshot = await way.relay.snapshot()
    arrivals = read_records(tmp_path, RecordKind.ARRIVALS)
    for stream, packets in ((0, [stun_request(), *up]), (1, down)):
        mine = arrivals[arrivals["stream"] == stream]
        assert mine["n"].tolist() == list(range(len(packets)))
        assert mine["size"].tolist() == [len(packet) for packet in packets]
        heads = [bytes(head) for head in mine["head"][-len(packets) + stream - 1 :]]
        assert heads[-50:] == [packet[:HEAD_BYTES] for packet in packets[-50:]]
    departures = read_records(tmp_path, RecordKind.DEPARTURES)
    assert departures["cause"].tolist() == [0] * 301
    counts = {side.direction: side for side in snapshot.sides}
    assert counts["up"].total.packets == 201
    assert counts["up"].ssrcs[7].forwarded == 200
    assert counts["down"].ssrcs[9].bytes == sum(map(len, down))
    assert snapshot.kernel_dropped == 0


@pytest.mark.asyncio
async def test_drop_list_drops_exactly_its_packets(way: Way, tmp_path: Path) -> None:
    await way.relay.bind_payloads("alice", {111: "audio", 96: "video"}, {})
    aim = Target(participant="alice", direction="up", medium="audio")
    await way.relay.set_impairments([DropList(indices=(0, 3, 4), target=aim)])
    packets = [
        rtp(number) if number % 2 else rtp(number, ssrc=8, payload_type=96) for number in range(20)
    ]
    for packet in packets:
        way.client.socket.sendto(packet, way.port)
    gone = {1, 7, 9}
    assert way.server.get(17) == [p for i, p in enumerate(packets) if i not in gone]
    await way.relay.snapshot()
    departures = read_records(tmp_path, RecordKind.DEPARTURES)
    assert departures.dtype == DEPARTURE_DTYPE
    row = [row for row in way.rows if isinstance(row, ImpairmentsRow)][-1]
    dropped = departures[departures["cause"] == row.impairments[0].cause]
    assert set(dropped["n"].tolist()) == {number + 1 for number in gone}


@pytest.mark.asyncio
@pytest.mark.parametrize("track", ["TR_a", "bob/sound1"])
async def test_a_bound_track_can_be_aimed_at(way: Way, track: str) -> None:
    await way.relay.name_track("TR_a", "bob/sound1")
    await way.relay.bind_ssrc("alice", "down", 9, track="TR_a", medium="audio")
    await way.relay.set_impairments([DropList(indices=(0,), target=Target(track=track))])
    for ssrc in (8, 9, 9):
        way.server.socket.sendto(rtp(ssrc, ssrc=ssrc), way.back)
    way.client.socket.sendto(rtp(1, ssrc=9), way.port)
    assert way.client.get(2) == [rtp(8, ssrc=8), rtp(9, ssrc=9)]
    assert way.server.get(1) == [rtp(1, ssrc=9)]


@pytest.mark.asyncio
async def test_up_a_track_can_be_aimed_at_from_its_first_packet_on(way: Way) -> None:
    await way.relay.bind_payloads("alice", {}, {}, extensions=Extensions(mid=5))
    await way.relay.bind_mid("alice", "3", track="TR_a", medium="audio")
    await way.relay.set_impairments([DropList(indices=(0,), target=Target(track="TR_a"))])
    packets = [rtp(number, extensions={5: b"3"}) for number in range(2)]
    for packet in packets:
        way.client.socket.sendto(packet, way.port)
    assert way.server.get(1) == packets[1:]


@pytest.mark.asyncio
async def test_a_timeline_begins_once_and_again_when_it_is_set(way: Way) -> None:
    impaired = Phase(at_ns=0, impairments=(DropList(indices=(0,)),))
    began_ns = now_ns() - NS_PER_S
    await way.relay.begin("carol", began_ns)
    alice_ns = await way.relay.set_profile([impaired], "alice")
    all_ns = await way.relay.set_profile([impaired])
    await way.relay.begin("carol", began_ns + 1)
    set_ns = await way.relay.set_impairments([])
    await way.relay.snapshot()
    rows = [row for row in way.rows if isinstance(row, ImpairmentsRow)]
    told = [(row.participant, row.at_ns, len(row.impairments)) for row in rows[1:]]
    assert told == [
        ("carol", began_ns, 0),
        ("alice", alice_ns, 1),
        ("alice", all_ns, 1), ("carol", all_ns, 1),
        ("alice", set_ns, 1), ("carol", set_ns, 1),
    ]  # fmt: skip


@pytest.mark.asyncio
async def test_what_is_too_long_to_be_told_is_an_error_of_the_call(way: Way) -> None:
    with pytest.raises(RelayError, match="the relay cannot be told: a line of"):
        await way.relay.set_impairments([DropList(indices=tuple(range(200_000)))])
    with pytest.raises(RelayError, match=r"bytes of impairments are too many: 400000 is the most"):
        await way.relay.set_impairments([DropList(indices=tuple(range(70_000)))])
    longest = DropList(indices=tuple(range(60_000)))
    await way.relay.set_profile([Phase(at_ns=0, impairments=(longest,))])
    await way.relay.set_impairments([longest])
    await way.relay.snapshot()
    assert isinstance(way.rows[-1], ImpairmentsRow)
    assert len(way.rows[-1].impairments) == 2


class Crowded(Relay):
    """Of as many as there can be, who sent all that is told apart."""

    def snapshot(self) -> Snapshot:
        sources: dict[bytes, Source] = {}
        for number in range(MAX_SOURCES):
            source = sources[number.to_bytes(4, "big")] = Source(ssrc=2**32 - 1 - number)
            source.packets = source.bytes = source.forwarded = source.dropped = 10**16
        for number in range(MAX_PARTICIPANTS):
            for side in self.participant(str(number).rjust(MAX_IDENTITY, "\x01")).sides:
                side.sources = sources
        return super().snapshot()


@pytest.mark.asyncio
async def test_the_counts_of_a_crowd_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_client, "_CALL_S", 60)
    relay = await RelayClient.open(start_relay(tmp_path, seed=1, kind=Crowded), lambda row: None)
    sides = (await relay.snapshot()).sides
    await relay.begin("bob", 0)
    await relay.close()

    assert len(sides) == 2 * MAX_PARTICIPANTS
    assert all(len(side.ssrcs) == MAX_SOURCES for side in sides)
    assert sides[0].participant == "0".rjust(MAX_IDENTITY, "\x01")


def test_there_is_no_longer_line_than_can_be_read() -> None:
    most, name = 2**64 - 1, "\x01" * MAX_IDENTITY
    counts = Counts(packets=most, bytes=most, forwarded=most, dropped=most)
    ssrcs = {2**32 - 1 - number: counts for number in range(MAX_SOURCES)}
    side = SideCounts(participant=name, direction="down", total=counts, ssrcs=ssrcs)
    port = PortCounts(
        participant=name, host="255.255.255.255", port=65_535, upstream="255.255.255.255:65535",
        flows=most, refused=most,
    )  # fmt: skip
    rest = Snapshot(
        at_ns=most, sides=(), ports=(port,) * relay_ports._MAX_PORTS, kernel_dropped=most,
        met=tuple(range(MOST_CAUSES)),
    )  # fmt: skip
    one, others = len(msgspec.json.encode(side)) + 1, len(msgspec.json.encode(rest))

    assert 2 * MAX_PARTICIPANTS * one + others + 100 < MAX_REPLY


@pytest.mark.asyncio
async def test_new_flows_and_ssrcs_are_told_with_their_extensions(way: Way) -> None:
    packet = rtp(1, extensions={4: b"0", 10: b"q"})
    way.client.socket.sendto(packet, way.port)
    way.server.get(1)
    await way.relay.snapshot()
    _, flow, ssrc = way.rows
    assert isinstance(flow, FlowRow)
    assert flow.client == f"127.0.0.1:{way.client.port}"
    assert isinstance(ssrc, SsrcRow)
    assert (ssrc.participant, ssrc.direction, ssrc.flow, ssrc.ssrc) == ("alice", "up", 0, 7)
    assert (ssrc.pt, ssrc.mid, ssrc.rid) == (111, "0", "q")


@pytest.mark.asyncio
async def test_killed_relay_is_one_clear_line(way: Way) -> None:
    os.kill(way.relay.pid, signal.SIGKILL)
    async with asyncio.timeout(20):
        death = await way.relay.died
    assert "was killed by signal 9" in str(death)
    with pytest.raises(RelayDied, match="signal 9"):
        await way.relay.snapshot()


@pytest.mark.asyncio
async def test_calls_in_flight_fail_when_the_relay_is_killed(way: Way) -> None:
    os.kill(way.relay.pid, signal.SIGSTOP)
    call = asyncio.create_task(way.relay.snapshot())
    await asyncio.sleep(0)
    os.kill(way.relay.pid, signal.SIGKILL)
    with pytest.raises(RelayDied, match="signal 9"):
        await call


@pytest.mark.asyncio
async def test_a_relay_that_hangs_is_said_and_ended_by_force(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_client, "_CALL_S", 0.1)
    monkeypatch.setattr(relay_client, "_END_S", 0.1)
    os.kill(way.relay.pid, signal.SIGSTOP)
    with pytest.raises(RelayError, match=r"did not answer within 0\.1 s"):
        await way.relay.snapshot()
    await way.relay.close()
    with pytest.raises(ProcessLookupError):
        os.kill(way.relay.pid, 0)


@pytest.mark.asyncio
async def test_what_the_relay_refuses_is_an_error_of_the_call(way: Way) -> None:
    with pytest.raises(RelayError, match="no relay port"):
        await way.relay.open_port("alice", "localhost", 1)
    assert not way.relay.died.done()


@pytest.mark.asyncio
async def test_a_relay_that_is_killed_at_its_start_is_said(tmp_path: Path) -> None:
    process = start_relay(tmp_path, seed=1)
    os.kill(process.pid, signal.SIGKILL)
    process.control.settimeout(20)
    while process.control.recv(4096):
        pass
    with pytest.raises(RelayError, match="was killed by signal 9"):
        await RelayClient.open(process, lambda row: None)


@pytest.mark.asyncio
async def test_closed_relay_refuses_calls(way: Way) -> None:
    await way.relay.close()
    assert way.relay.died.cancelled()
    with pytest.raises(RelayDied, match="was closed"):
        await way.relay.open_port("alice", "127.0.0.1", 1)


@pytest.mark.asyncio
async def test_a_row_that_cannot_be_kept_ends_the_relay(tmp_path: Path) -> None:
    def full(row: RelayRow) -> None:
        raise OSError("No space left on device")

    relay = await RelayClient.open(start_relay(tmp_path, seed=1), full)
    await relay.open_port("alice", "127.0.0.1", 1)
    with pytest.raises(RelayDied, match="No space left"):
        await relay.snapshot()
    await relay.close()


@pytest.mark.asyncio
async def test_unwritable_folder_is_named(tmp_path: Path) -> None:
    process = start_relay(tmp_path / "absent", seed=1)
    with pytest.raises(RelayError, match=r"cannot write the ledger: .*absent"):
        await RelayClient.open(process, lambda row: None)
