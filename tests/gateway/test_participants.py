from __future__ import annotations

import pytest
from livekit.protocol import models, rtc

from harness.gateway.candidates import Address
from harness.gateway.errors import GatewayError
from harness.gateway.identity import Identity
from harness.gateway.participants import MAX_ADDRESSES, MAX_PARTICIPANTS, Participants
from harness.gateway.relay_client import RelayError
from harness.network.tcp_faults import Toxic

ALICE = Identity(name="alice", room="r")
SERVER = Address(transport="udp", host="10.0.0.7", port=7882)


class Relay:
    """Hands out ports in order; counts."""

    def __init__(self) -> None:
        self.opened: list[tuple[str, str, int]] = []
        self.fails = False

    async def open_port(
        self, participant: str, upstream_host: str, upstream_port: int
    ) -> tuple[str, int]:
        if self.fails:
            raise RelayError("no more ports")
        self.opened.append((participant, upstream_host, upstream_port))
        return "127.0.0.1", 5000 + len(self.opened)


def participants(relay: Relay) -> Participants:
    return Participants(relay=relay, toxiproxy=None, upstream=("127.0.0.1", 7880), ice_tcp=False)


def info(identity: str, *tracks: str) -> models.ParticipantInfo:
    return models.ParticipantInfo(
        sid=f"PA_{identity}",
        identity=identity,
        tracks=[models.TrackInfo(sid=sid, name="tone", muted=True) for sid in tracks],
    )


def test_the_same_identity_is_the_same_participant() -> None:
    known = participants(Relay())
    first = known.get(ALICE)

    assert known.get(Identity(name="alice", room="other")) is first
    assert first.room == "other"
    assert known.get(Identity(name="alice", room="")).room == "other"


def test_there_is_an_end_to_identities() -> None:
    known = participants(Relay())
    for number in range(MAX_PARTICIPANTS):
        known.get(Identity(name=str(number), room=""))

    with pytest.raises(GatewayError, match="more than 1000 participants"):
        known.get(ALICE)


@pytest.mark.asyncio
async def test_each_participant_has_a_port_of_its_own_and_keeps_it() -> None:
    relay = Relay()
    known = participants(relay)
    alice, bob = known.get(ALICE), known.get(Identity(name="bob", room="r"))
    for one in (alice, alice, bob):
        await known.open_routes(one, [SERVER])

    assert alice.routes == {SERVER: ("127.0.0.1", 5001)}
    assert bob.routes == {SERVER: ("127.0.0.1", 5002)}
    assert relay.opened == [("alice", "10.0.0.7", 7882), ("bob", "10.0.0.7", 7882)]


@pytest.mark.asyncio
async def test_tcp_has_no_route_unless_asked_for() -> None:
    known = participants(Relay())
    alice = known.get(ALICE)
    await known.open_routes(alice, [Address(transport="tcp", host="10.0.0.7", port=7881)])

    assert alice.routes == {}


@pytest.mark.asyncio
async def test_an_address_that_the_relay_refuses_is_not_offered(
    caplog: pytest.LogCaptureFixture,
) -> None:
    relay = Relay()
    relay.fails = True
    known = participants(relay)
    alice = known.get(ALICE)
    await known.open_routes(alice, [SERVER])

    assert alice.routes == {}
    assert "no more ports" in caplog.text


@pytest.mark.asyncio
async def test_there_is_an_end_to_addresses() -> None:
    known = participants(Relay())
    alice = known.get(ALICE)
    await known.open_routes(
        alice, [Address(transport="udp", host="10.0.0.7", port=port) for port in range(1, 100)]
    )

    assert len(alice.routes) == MAX_ADDRESSES


def test_who_is_who_and_who_publishes_is_learned_from_the_server() -> None:
    known = participants(Relay())
    alice, bob = known.get(ALICE), known.get(Identity(name="bob", room="r"))
    join = rtc.JoinResponse(participant=info("bob"), other_participants=[info("alice", "TR_1")])
    known.observe(bob, rtc.SignalResponse(join=join))

    assert (bob.sid, alice.sid, list(alice.tracks)) == ("PA_bob", "PA_alice", ["TR_1"])
    update = rtc.ParticipantUpdate(participants=[info("alice", "TR_2"), info("stranger")])
    known.observe(bob, rtc.SignalResponse(update=update))
    assert alice.view()["tracks"] == {"TR_2": {"name": "tone", "medium": "audio", "muted": True}}
    assert set(known.view()) == {"alice", "bob"}


@pytest.mark.asyncio
async def test_toxics_need_toxiproxy() -> None:
    with pytest.raises(GatewayError, match="started without toxiproxy"):
        await participants(Relay()).set_toxics("alice", (Toxic(type="latency"),))
