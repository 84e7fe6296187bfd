from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web
from msgspec.structs import replace

from harness.evidence.clock import now_ns
from harness.gateway.client import GatewayClient, ParticipantState
from harness.gateway.errors import GatewayError
from harness.gateway.service import Service
from harness.network.impairment import Target
from harness.network.impairments import Loss
from harness.network.phase import Phase
from harness.network.profile import Profile
from harness.network.tcp_faults import TcpFaults, Toxic

Gateway = Callable[..., Awaitable[tuple[Service, GatewayClient]]]
Serve = Callable[[web.Application], Awaitable[str]]


@pytest.mark.asyncio
async def test_calls_of_a_gateway_that_serves(gateway: Gateway) -> None:
    _, client = await gateway("127.0.0.1:1")
    await client.set_impairments([Loss(ratio=0.05, target=Target(participant="bob"))])

    assert (await client.state()).participants == {}
    assert (await client.snapshot()).sides == ()


@pytest.mark.asyncio
async def test_a_refusal_is_an_error_with_the_gateway_s_words(gateway: Gateway) -> None:
    service, client = await gateway("127.0.0.1:1")
    with pytest.raises(GatewayError, match="started without toxiproxy"):
        await client.set_toxics("alice", [Toxic(type="latency")])
    async with GatewayClient(service.control, "wrong") as stranger:
        with pytest.raises(GatewayError, match="token of this gateway's control API is missing"):
            await stranger.state()


@pytest.mark.asyncio
async def test_a_gateway_that_has_ended_is_told() -> None:
    async with GatewayClient("http://127.0.0.1:1", "t") as client:
        with pytest.raises(GatewayError, match=r"does not answer GET /state .*: its log says why"):
            await client.state()


@pytest.mark.asyncio
async def test_the_identity_of_a_participant_can_be_any_text(serve: Serve) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.match_info["identity"])
        return web.json_response(
            {
                "room": "r", "sid": "", "connections": 0, "refusals": 0, "profile": "clean",
                "phase": None, "toxics": [], "routes": [], "tracks": {},
            }
        )  # fmt: skip

    app = web.Application()
    app.router.add_post("/participants/{identity:.+}", answer)
    async with GatewayClient(f"http://{await serve(app)}", "t") as client:
        state = await client.set_toxics("a b/ü?#", [])

    assert asked == ["a b/ü?#"]
    assert isinstance(state, ParticipantState)


@pytest.mark.asyncio
async def test_an_answer_that_is_no_gateway_s_is_told_by_its_status(serve: Serve) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=502, text="<html>")

    app = web.Application()
    app.router.add_get("/state", answer)
    async with GatewayClient(f"http://{await serve(app)}", "t") as client:
        with pytest.raises(GatewayError, match="the gateway answered with status 502"):
            await client.state()


@pytest.mark.asyncio
async def test_a_profile_is_set_for_one_or_for_all(gateway: Gateway) -> None:
    before = now_ns()
    _, client = await gateway("127.0.0.1:1")
    stalls = Profile(
        name="stalls",
        title="t",
        cite="c",
        phases=(Phase(at_ns=0), Phase(at_ns=5, signal=TcpFaults(stalled=frozenset({"down"})))),
    )

    assert before < await client.set_profile(stalls) < now_ns()
    assert before < await client.set_profile(stalls, participant="bob") < now_ns()
    with pytest.raises(GatewayError, match="begins at 0"):
        await client.set_profile(replace(stalls, phases=()))
