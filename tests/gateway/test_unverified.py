"""Who has only a token that no server has verified: it is served, and nothing is kept of it."""

from __future__ import annotations

import itertools
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession, WSServerHandshakeError, web
from livekit.protocol import rtc
from yarl import URL

import harness.gateway.participants as module
from harness.evidence.bindings import ClockRow, CodecRow, read_bindings
from harness.evidence.signalling import read_signalling
from harness.gateway.client import GatewayClient
from harness.gateway.join_request import encode_join_request
from harness.gateway.participants import MAX_PARTICIPANTS
from harness.gateway.service import Service
from harness.network.phase import Phase
from harness.network.tcp_faults import TcpFaults
from tests.gateway.test_participants import (
    CUT,
    SLOW,
    STALLED,
    BrokenToxiproxy,
    Relay,
    joined,
    participants,
    profile,
)

if TYPE_CHECKING:
    from tests.gateway.conftest import Server

LIMIT_S = 20
Serve = Callable[[web.Application], Awaitable[str]]
Gateway = Callable[..., Awaitable[tuple[Service, GatewayClient]]]
Jwt = Callable[[str], str]


class Toxiproxy:
    """Makes listeners and ends them."""

    def __init__(self) -> None:
        self.listeners: set[tuple[str, int]] = set()
        self.numbers = itertools.count(4000)

    async def create(self, *_: object) -> tuple[str, int]:
        listener = ("127.0.0.1", next(self.numbers))
        self.listeners.add(listener)
        return listener

    async def set_toxics(self, *_: object) -> None:
        pass

    async def remove(self, listener: tuple[str, int]) -> None:
        self.listeners.remove(listener)


@pytest.mark.asyncio
async def test_of_who_was_never_accepted_nothing_is_kept() -> None:
    relay = Relay()
    known = participants(relay)
    async with known.asking("alice") as alice:
        during = alice.timeline.phase
        alice.refusals += 1

    assert (during, alice.timeline.phase, alice.room) == (0, None, "")
    assert not relay.begun


@pytest.mark.asyncio
async def test_time_0_is_that_of_the_attempt_that_is_accepted() -> None:
    relay, times = Relay(), iter((100, 200))
    known = participants(relay, now_ns=lambda: next(times))
    for refused in (True, False):
        async with known.asking("alice") as alice:
            if refused:
                alice.refusals += 1
            else:
                await known.accept(alice, "r")
    await joined(known, "alice")

    assert relay.begun == [("alice", 200)]


@pytest.mark.asyncio
@pytest.mark.parametrize(("faults", "phase"), [(STALLED, 0), (CUT, 0), (TcpFaults(), None)])
async def test_who_breaks_off_has_begun_only_where_the_profile_held_it_up(
    faults: TcpFaults, phase: int | None
) -> None:
    known = participants(Relay(), profile=profile("mine", Phase(at_ns=0, signal=faults)))
    async with known.asking("alice") as alice:
        pass

    assert alice.timeline.phase == phase


@pytest.mark.asyncio
async def test_an_attempt_that_is_refused_takes_nothing_from_another() -> None:
    known = participants(Relay())
    async with known.asking("alice") as alice:
        async with known.asking("alice"):
            alice.refusals += 1
        assert alice.timeline.phase == 0
        await known.accept(alice, "r")
    async with known.asking("alice"):
        alice.refusals += 1

    assert alice.timeline.phase == 0


@pytest.mark.asyncio
async def test_identities_that_nobody_has_verified_make_room() -> None:
    toxiproxy = Toxiproxy()
    known = participants(Relay(), toxiproxy=toxiproxy)
    await joined(known, "bob")
    await known.set_toxics("carol", (SLOW,))
    async with known.asking("dave"):
        for number in range(2 * MAX_PARTICIPANTS):
            async with known.asking(f"forged {number}") as forged:
                await forged.signal.dial(("127.0.0.1", 1))
                forged.refusals += 1
        there = known.view()

    assert len(there) == MAX_PARTICIPANTS
    assert {"bob", "carol", "dave", f"forged {2 * MAX_PARTICIPANTS - 1}"} <= there.keys()
    assert len(toxiproxy.listeners) == MAX_PARTICIPANTS - 3


@pytest.mark.asyncio
async def test_a_listener_that_toxiproxy_cannot_end_is_logged(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_PARTICIPANTS", 1)
    known = participants(Relay(), toxiproxy=BrokenToxiproxy())
    async with known.asking("forged") as forged:
        await forged.signal.dial(("127.0.0.1", 1))
    await joined(known, "alice")

    assert "'forged': its listener stays: it hangs" in caplog.text
    assert known.view().keys() == {"alice"}


OFFER = rtc.SessionDescription(sdp="m=audio 9 X 111\r\na=rtpmap:111 opus/48000/2\r\n")


def joining(service: Service, token: str) -> URL:
    """Where a client joins that sends its first offer with its request."""
    asked = encode_join_request(rtc.JoinRequest(publisher_offer=OFFER)).replace("=", "%3D")
    return URL(f"{service.url}/rtc/v1?access_token={token}&join_request={asked}", encoded=True)


@pytest.mark.asyncio
async def test_of_who_is_refused_nothing_is_kept(
    server: Server, serve: Serve, gateway: Gateway, session: ClientSession, jwt: Jwt,
    tmp_path: Path,
) -> None:  # fmt: skip
    service, control = await gateway(await serve(server.application()))
    with pytest.raises(WSServerHandshakeError):
        await session.ws_connect(joining(service, jwt("alice")))
    alice = (await control.state()).participants["alice"]

    assert (alice.room, alice.phase, alice.refusals) == ("", None, 1)
    assert (await control.snapshot()).sides == ()
    assert [one.kind for one in read_signalling(tmp_path)] == ["websocket_refused"]
    assert [type(row) for row in read_bindings(tmp_path)] == [ClockRow]


@pytest.mark.asyncio
async def test_what_a_join_request_says_counts_once_the_server_has_accepted_it(
    server: Server, serve: Serve, gateway: Gateway, session: ClientSession, jwt: Jwt,
    tmp_path: Path,
) -> None:  # fmt: skip
    server.refused = {}
    service, _ = await gateway(await serve(server.application()))
    async with session.ws_connect(joining(service, jwt("alice"))) as client:
        await client.receive_bytes(timeout=LIMIT_S)
        kinds = [one.kind for one in read_signalling(tmp_path)]
        rows = [row for row in read_bindings(tmp_path) if isinstance(row, CodecRow)]

    assert kinds == ["join_request", "websocket_open", "join"]
    assert [(row.participant, row.codec) for row in rows] == [("alice", "opus")]


@pytest.mark.asyncio
async def test_a_forged_token_moves_nobody(
    server: Server, serve: Serve, gateway: Gateway, session: ClientSession, jwt: Jwt,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    service, control = await gateway(await serve(server.application()))
    forged = urlsafe_b64encode(b'{"sub": "alice", "video": {"room": "other"}}').decode()
    async with session.ws_connect(f"{service.url}/rtc?access_token={jwt('alice')}") as client:
        await client.receive_bytes(timeout=LIMIT_S)
        with pytest.raises(WSServerHandshakeError):
            await session.ws_connect(joining(service, f"e30.{forged.rstrip('=')}.hushhush"))
        alice = (await control.state()).participants["alice"]

    assert (alice.room, alice.phase, alice.refusals) == ("r", 0, 1)
    assert "at once" not in caplog.text


@pytest.mark.asyncio
async def test_to_ask_why_one_was_refused_makes_nobody_known(
    server: Server, serve: Serve, gateway: Gateway, session: ClientSession, jwt: Jwt
) -> None:
    server.refused["/rtc/validate"] = (401, "no such key")
    service, control = await gateway(await serve(server.application()))
    url = service.url.replace("ws:", "http:")
    async with session.get(f"{url}/rtc/validate?access_token={jwt('alice')}") as response:
        assert (response.status, await response.text()) == (401, "no such key")

    assert (await control.state()).participants == {}
    assert (await control.snapshot()).sides == ()
