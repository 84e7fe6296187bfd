"""Stalls and cuts of a profile, as a WebSocket client meets them, in real time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, WSMsgType
from livekit.protocol import rtc

from harness.evidence.clock import now_ns
from harness.gateway.client import GatewayClient
from harness.gateway.service import Service
from harness.network.phase import Phase
from harness.network.profile import Profile
from harness.network.tcp_faults import TcpFaults

if TYPE_CHECKING:
    from aiohttp import web

    from tests.gateway.conftest import Server

LIMIT_S = 10
MS = 1_000_000
Serve = Callable[["web.Application"], Awaitable[str]]
Gateway = Callable[..., Awaitable[tuple[Service, GatewayClient]]]
Jwt = Callable[[str], str]

UP = TcpFaults(stalled=frozenset({"up"}))
DOWN = TcpFaults(stalled=frozenset({"down"}))
CUT = TcpFaults(cut=True)


def profile(*phases: tuple[int, TcpFaults]) -> Profile:
    """Of times in ms and what holds from then on."""
    timeline = tuple(Phase(at_ns=at * MS, signal=faults) for at, faults in phases)
    return Profile(name="mine", title="t", cite="c", phases=timeline)


async def response(socket: ClientWebSocketResponse) -> rtc.SignalResponse:
    return rtc.SignalResponse.FromString(await socket.receive_bytes(timeout=LIMIT_S))


def ping(number: int) -> bytes:
    return rtc.SignalRequest(ping=number).SerializeToString()


@pytest.mark.asyncio
async def test_a_stall_holds_messages_up_and_then_lets_all_pass_in_order(
    server: Server, serve: Serve, gateway: Gateway, session: ClientSession, jwt: Jwt
) -> None:
    service, control = await gateway(await serve(server.application()))
    async with session.ws_connect(f"{service.url}/rtc?access_token={jwt('alice')}") as client:
        await response(client)
        at_server = await server.socket()
        began = await control.set_profile(profile((0, UP), (300, DOWN), (600, TcpFaults())))
        for number in range(1, 50):
            await client.send_bytes(ping(number))
        arrived = [
            rtc.SignalRequest.FromString(await at_server.receive_bytes(timeout=LIMIT_S)).ping
            for _ in range(1, 50)
        ]
        passed_up = now_ns()
        await at_server.send_bytes(rtc.SignalResponse(pong=7).SerializeToString())
        assert (await response(client)).pong == 7
        passed_down = now_ns()
        state = await control.state()

    assert arrived == list(range(1, 50))
    assert passed_up - began >= 300 * MS
    assert passed_down - began >= 600 * MS
    assert state.participants["alice"].phase == 2


@pytest.mark.asyncio
@pytest.mark.parametrize("stalled", [UP, DOWN])
async def test_a_handshake_is_stalled_too(
    server: Server, serve: Serve, gateway: Gateway, session: ClientSession, jwt: Jwt,
    stalled: TcpFaults,
) -> None:  # fmt: skip
    service, _ = await gateway(
        await serve(server.application()), profile=profile((0, stalled), (300, TcpFaults()))
    )
    began = now_ns()
    async with session.ws_connect(f"{service.url}/rtc?access_token={jwt('alice')}") as client:
        assert (await response(client)).HasField("join")

    assert now_ns() - began >= 300 * MS


@pytest.mark.asyncio
async def test_who_gives_up_during_a_stall_is_never_seen_by_the_server(
    server: Server, serve: Serve, gateway: Gateway, session: ClientSession, jwt: Jwt
) -> None:
    service, control = await gateway(await serve(server.application()), profile=profile((0, UP)))
    url = f"{service.url}/rtc?access_token={jwt('alice')}"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await session.ws_connect(url)
    await control.set_profile(profile((0, TcpFaults())))
    async with session.ws_connect(url) as client:
        await response(client)

    assert len(server.requests) == 1


@pytest.mark.asyncio
async def test_a_cut_breaks_connections_and_refuses_new_ones_until_it_is_over(
    server: Server, serve: Serve, gateway: Gateway, session: ClientSession, jwt: Jwt
) -> None:
    service, control = await gateway(await serve(server.application()))
    url = f"{service.url}/rtc?access_token={jwt('alice')}"
    async with session.ws_connect(url) as client:
        await response(client)
        await control.set_profile(profile((0, CUT)), participant="alice")
        message = await client.receive(timeout=LIMIT_S)
    with pytest.raises(ClientError):
        await session.ws_connect(url)
    with pytest.raises(ClientError):
        await session.get(url.replace("ws:", "http:").replace("/rtc", "/rtc/validate"))
    async with session.ws_connect(url.replace(jwt("alice"), jwt("bob"))) as bob:
        await response(bob)
    await control.set_profile(profile((0, TcpFaults())), participant="alice")
    async with session.ws_connect(url) as client:
        await response(client)

    assert message.type in (WSMsgType.CLOSED, WSMsgType.ERROR)
