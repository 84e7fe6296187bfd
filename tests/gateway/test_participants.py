from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from livekit.protocol import models, rtc

from harness.gateway.candidates import Address
from harness.gateway.errors import GatewayError, ToxiproxyError
from harness.gateway.participants import (
    MAX_ADDRESSES,
    MAX_PARTICIPANTS,
    Participant,
    Participants,
)
from harness.gateway.relay_client import RelayError
from harness.network.phase import Phase
from harness.network.profile import Profile
from harness.network.tcp_faults import TcpFaults, Toxic

CUT = TcpFaults(cut=True)
STALLED = TcpFaults(stalled=frozenset({"up"}))
SLOW = Toxic(type="latency", attributes={"latency": 100})
SERVER = Address(transport="udp", host="10.0.0.7", port=7882)


class Relay:
    """Hands out ports in order; counts."""

    def __init__(self) -> None:
        self.opened: list[tuple[str, str, int]] = []
        self.begun: list[tuple[str, int]] = []
        self.profiles: list[tuple[str | None, tuple[Phase, ...]]] = []
        self.fails = False

    async def begin(self, participant: str, at_ns: int) -> None:
        self.begun.append((participant, at_ns))

    async def set_profile(self, phases: Iterable[Phase], participant: str | None = None) -> int:
        self.profiles.append((participant, tuple(phases)))
        return 700

    async def open_port(
        self, participant: str, upstream_host: str, upstream_port: int
    ) -> tuple[str, int]:
        if self.fails:
            raise RelayError("no more ports")
        asked = participant, upstream_host, upstream_port
        if asked not in self.opened:
            self.opened.append(asked)
        return "127.0.0.1", 5001 + self.opened.index(asked)


class BrokenToxiproxy:
    async def create(self, *_: object) -> tuple[str, int]:
        return "127.0.0.1", 4000

    async def set_toxics(self, *_: object) -> None:
        raise ToxiproxyError("it hangs")

    async def remove(self, *_: object) -> None:
        raise ToxiproxyError("it hangs")


async def forever(seconds: float) -> None:
    await asyncio.Event().wait()


def profile(name: str, *phases: Phase, ice_tcp: bool = False) -> Profile:
    return Profile(name=name, title="t", cite="c", ice_tcp=ice_tcp, phases=phases)


def participants(relay: Relay, **changes: object) -> Participants:
    standard: dict[str, Any] = {
        "toxiproxy": None,
        "profile": profile("clean", Phase(at_ns=0)),
        "profiles": {},
        "ice_tcp": False,
        "listen_host": "127.0.0.1",
        "offered_host": "192.0.2.7",
        "now_ns": lambda: 500,
        "sleep": forever,
    }
    return Participants(relay=relay, **{**standard, **changes})


def info(identity: str, *tracks: str) -> models.ParticipantInfo:
    return models.ParticipantInfo(
        sid=f"PA_{identity}",
        identity=identity,
        tracks=[models.TrackInfo(sid=sid, name="tone", muted=True) for sid in tracks],
    )


async def joined(known: Participants, identity: str, room: str = "r") -> Participant:
    async with known.asking(identity) as participant:
        await known.accept(participant, room)
    return participant


@pytest.mark.asyncio
async def test_the_same_identity_is_the_same_participant() -> None:
    known = participants(Relay())
    first = await joined(known, "alice")
    assert first.room == "r"

    assert await joined(known, "alice", "other") is first is known.known("alice")
    assert first.room == "other"
    assert (await joined(known, "alice", "")).room == "other"
    assert known.known("bob") is None


@pytest.mark.asyncio
async def test_one_identity_in_two_rooms_at_once_is_warned_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    known = participants(Relay())
    first = await joined(known, "alice")
    await joined(known, "alice", "other")
    assert not caplog.records
    first.connections = 1
    await joined(known, "alice", "third")
    assert "'alice' is in 'other' and in 'third' at once" in caplog.text


@pytest.mark.asyncio
async def test_there_is_an_end_to_identities() -> None:
    known = participants(Relay())
    for number in range(MAX_PARTICIPANTS):
        await joined(known, str(number))

    with pytest.raises(GatewayError, match="more than 1000 participants"):
        known.get("alice")
    assert (await joined(known, "7", "again")).room == "again"


@pytest.mark.asyncio
async def test_each_participant_has_a_port_of_its_own_and_keeps_it() -> None:
    relay = Relay()
    known = participants(relay)
    alice, bob = known.get("alice"), known.get("bob")
    for one in (alice, alice, bob):
        await known.open_routes(one, [SERVER])

    assert alice.routes == {SERVER: ("192.0.2.7", 5001)}
    assert bob.routes == {SERVER: ("192.0.2.7", 5002)}
    assert relay.opened == [("alice", "10.0.0.7", 7882), ("bob", "10.0.0.7", 7882)]


@pytest.mark.asyncio
async def test_a_port_that_the_relay_gave_up_is_not_offered_again() -> None:
    relay = Relay()
    known = participants(relay)
    alice, bob = known.get("alice"), known.get("bob")
    for one in (alice, bob):
        await known.open_routes(one, [SERVER])
    relay.opened.remove(("alice", "10.0.0.7", 7882))
    await known.open_routes(alice, [SERVER])

    assert alice.routes == {SERVER: ("192.0.2.7", 5002)}


@pytest.mark.asyncio
async def test_tcp_has_no_route_unless_asked_for() -> None:
    known = participants(Relay())
    alice = known.get("alice")
    await known.open_routes(alice, [Address(transport="tcp", host="10.0.0.7", port=7881)])

    assert alice.routes == {}


@pytest.mark.asyncio
async def test_an_address_that_the_relay_refuses_is_not_offered(
    caplog: pytest.LogCaptureFixture,
) -> None:
    relay = Relay()
    relay.fails = True
    known = participants(relay)
    alice = known.get("alice")
    await known.open_routes(alice, [SERVER])

    assert alice.routes == {}
    assert "no more ports" in caplog.text


@pytest.mark.asyncio
async def test_there_is_an_end_to_addresses() -> None:
    known = participants(Relay())
    alice = known.get("alice")
    await known.open_routes(
        alice, [Address(transport="udp", host="10.0.0.7", port=port) for port in range(1, 100)]
    )

    assert len(alice.routes) == MAX_ADDRESSES


def test_who_is_who_and_who_publishes_is_learned_from_the_server() -> None:
    known = participants(Relay())
    alice, bob = known.get("alice"), known.get("bob")
    join = rtc.JoinResponse(participant=info("bob"), other_participants=[info("alice", "TR_1")])
    known.observe(bob, rtc.SignalResponse(join=join))

    assert (bob.sid, alice.sid, list(alice.tracks)) == ("PA_bob", "PA_alice", ["TR_1"])
    update = rtc.ParticipantUpdate(participants=[info("alice", "TR_2"), info("stranger")])
    known.observe(bob, rtc.SignalResponse(update=update))
    tracks = {"TR_2": {"name": "tone", "medium": "audio", "muted": True}}
    assert known.view()["alice"]["tracks"] == tracks
    assert set(known.view()) == {"alice", "bob"}


def test_a_medium_of_a_later_version_is_told_by_its_number() -> None:
    known = participants(Relay())
    alice = known.get("alice")
    track = models.TrackInfo.FromString(b"\x10\x63")  # type = 99
    later = models.ParticipantInfo(identity="alice", tracks=[track])
    known.observe(alice, rtc.SignalResponse(update=rtc.ParticipantUpdate(participants=[later])))

    assert known.view()["alice"]["tracks"][""]["medium"] == "99"


TCP = Address(transport="tcp", host="127.0.0.1", port=7881)


@pytest.mark.asyncio
async def test_tcp_has_a_listener_of_its_own_when_asked_for() -> None:
    known = participants(Relay(), ice_tcp=True)
    alice = known.get("alice")
    await known.open_routes(alice, [TCP])

    [(host, port)] = alice.routes.values()
    assert host == "192.0.2.7"
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    await known.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


@pytest.mark.asyncio
async def test_a_profile_begins_once_with_the_relay_s() -> None:
    relay = Relay()
    stalls = profile("stalls", Phase(at_ns=0, signal=STALLED), Phase(at_ns=5))
    known = participants(relay, profiles={"alice": stalls})
    alice, bob = known.get("alice"), known.get("bob")
    assert known.view()["alice"]["phase"] is None
    for identity in ("alice", "alice", "bob"):
        await joined(known, identity)

    assert relay.begun == [("alice", 500), ("bob", 500)]
    views = known.view()
    assert (views["alice"]["profile"], views["alice"]["phase"]) == ("stalls", 0)
    assert (views["bob"]["profile"], views["bob"]["phase"]) == ("clean", 0)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(alice.signal.passes("up"), 0.01)
    await bob.signal.passes("up")
    await known.close()


@pytest.mark.asyncio
async def test_a_profile_for_everybody_is_also_for_those_who_had_their_own() -> None:
    relay = Relay()
    own, cut = profile("own", Phase(at_ns=0)), profile("cut", Phase(at_ns=0, media=CUT))
    known = participants(relay, profiles={"alice": own})
    alice, bob = await joined(known, "alice"), await joined(known, "bob")
    await known.set_profile(cut, "alice")
    assert (alice.media.cut, bob.media.cut) == (True, False)
    await known.set_profile(own, "alice")
    assert await known.set_profile(cut, None) == 700

    assert relay.profiles[-1] == (None, cut.phases)
    assert (alice.media.cut, bob.media.cut) == (True, True)
    carol = known.get("carol")
    assert (carol.media.cut, carol.timeline.phase) == (False, None)
    await joined(known, "carol")
    assert carol.media.cut


@pytest.mark.asyncio
async def test_a_profile_that_offers_tcp_does_so_from_then_on() -> None:
    known = participants(Relay())
    alice = known.get("alice")
    await known.set_profile(profile("tcp", Phase(at_ns=0), ice_tcp=True), "bob")
    await known.open_routes(alice, [TCP])

    assert set(alice.routes) == {TCP}
    await known.close()


@pytest.mark.asyncio
async def test_what_toxiproxy_cannot_do_is_logged_and_the_rest_is_done(
    caplog: pytest.LogCaptureFixture,
) -> None:
    known = participants(Relay(), toxiproxy=BrokenToxiproxy())
    alice = known.get("alice")
    await alice.media.dial(("127.0.0.1", 1))
    slow = profile("slow", Phase(at_ns=0, media=TcpFaults(toxics=(SLOW,)), signal=CUT))
    await joined(known, "alice")
    await known.set_profile(slow, None)

    assert "'alice': toxics are not in force: it hangs" in caplog.text
    assert alice.signal.cut


@pytest.mark.asyncio
async def test_toxics_need_toxiproxy() -> None:
    known = participants(Relay())
    with pytest.raises(GatewayError, match="started without toxiproxy"):
        await known.set_toxics("alice", (SLOW,))
    with pytest.raises(GatewayError, match="with a toxiproxy"):
        await known.set_profile(
            profile("slow", Phase(at_ns=0, signal=TcpFaults(toxics=(SLOW,)))), None
        )


@pytest.mark.asyncio
async def test_toxics_from_outside_come_on_top_of_the_profile_s() -> None:
    slow = profile("slow", Phase(at_ns=0, signal=TcpFaults(toxics=(SLOW,))))
    known = participants(Relay(), toxiproxy=BrokenToxiproxy(), profile=slow)
    narrow = Toxic(type="bandwidth", attributes={"rate": 10})
    await joined(known, "alice")
    view = await known.set_toxics("alice", (narrow,))

    assert view["toxics"] == [SLOW, narrow]
    with pytest.raises(GatewayError, match="same type and stream"):
        await known.set_toxics("alice", (narrow, narrow))
