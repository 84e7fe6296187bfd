from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import cast

import pytest
from aiohttp import ClientSession, web

import harness.gateway.idle as module
from harness.gateway.client import GatewayClient
from harness.gateway.idle import IDLE_LIMIT_S, IdleSweep
from harness.gateway.service import Service

LIMIT_S = 10
Gateway = Callable[..., Awaitable[tuple[Service, GatewayClient]]]


class Transport(asyncio.Transport):
    aborted = False

    def abort(self) -> None:
        self.aborted = True


class Request:
    def __init__(self, transport: Transport) -> None:
        self.transport = transport


def test_who_asks_for_nothing_is_ended_after_a_while() -> None:
    sweep, early, late = IdleSweep(), Transport(), Transport()

    assert sweep.sweep([early], 100.0) == 0
    assert sweep.sweep([early, late], 101.0) == 0
    assert sweep.sweep([early, late], 100.0 + IDLE_LIMIT_S) == 1
    assert (early.aborted, late.aborted) == (True, False)


@pytest.mark.asyncio
async def test_who_is_being_answered_is_not_idle_and_begins_anew_afterwards() -> None:
    sweep, transport, answered = IdleSweep(), Transport(), asyncio.Event()
    request = cast("web.Request", Request(transport))

    async def handler(request: web.Request) -> web.StreamResponse:
        await answered.wait()
        return web.Response()

    sweep.sweep([transport], 0.0)
    answering = asyncio.ensure_future(sweep.middleware(request, handler))
    await asyncio.sleep(0)
    assert sweep.sweep([transport], 1000.0) == 0
    answered.set()
    await answering
    assert sweep.sweep([transport], 1001.0) == 0
    assert sweep.sweep([transport], 1001.0 + IDLE_LIMIT_S) == 1


@pytest.mark.asyncio
async def test_half_open_and_slow_clients_of_a_gateway_are_ended(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PERIOD_S", 0.02)
    monkeypatch.setattr(module, "IDLE_LIMIT_S", 0.1)
    service, _ = await gateway("127.0.0.1:1")
    port = int(service.url.rpartition(":")[2])
    clients = []
    for said in (b"", b"GET /rtc HTTP/1.1\r\nHost:", b"\x16\x03\x01"):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(said)
        clients.append((reader, writer))
    for reader, writer in clients:
        with suppress(ConnectionError):
            await asyncio.wait_for(reader.read(), LIMIT_S)
        writer.close()

    async with ClientSession() as session, session.get(service.url.replace("ws", "http")) as answer:
        assert answer.status == 502
