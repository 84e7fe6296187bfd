from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

import harness.gateway.toxiproxy as module
from harness.gateway.config import ToxiproxyAddress
from harness.gateway.errors import ToxiproxyError
from harness.gateway.toxiproxy import Toxiproxy
from harness.network.tcp_faults import Toxic

Serve = Callable[[web.Application], Awaitable[str]]
LATENCY = Toxic(type="latency", attributes={"latency": 100})
SLOW_UP = Toxic(type="bandwidth", stream="upstream", attributes={"rate": 10})


class Api:
    """toxiproxy's HTTP API, as far as it is used; it keeps what it is told and proxies nothing."""

    def __init__(self) -> None:
        self.proxies: dict[str, dict[str, Any]] = {}
        self.calls: list[str] = []
        self.failing: tuple[int, str] | None = None
        self.hangs = asyncio.Event()
        self.hangs.set()

    def application(self) -> web.Application:
        app = web.Application(middlewares=[self.note])
        app.add_routes(
            [
                web.get("/proxies", self.list),
                web.post("/proxies", self.create),
                web.patch("/proxies/{proxy}", self.change),
                web.delete("/proxies/{proxy}", self.delete),
                web.get("/proxies/{proxy}/toxics", self.toxics),
                web.post("/proxies/{proxy}/toxics", self.add),
                web.patch("/proxies/{proxy}/toxics/{toxic}", self.change_toxic),
                web.delete("/proxies/{proxy}/toxics/{toxic}", self.delete_toxic),
            ]
        )
        return app

    @web.middleware
    async def note(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        self.calls.append(request.method)
        await self.hangs.wait()
        if self.failing is not None:
            return web.Response(status=self.failing[0], text=self.failing[1])
        return await handler(request)

    async def list(self, request: web.Request) -> web.Response:
        return web.json_response({n: {**p, "toxics": []} for n, p in self.proxies.items()})

    async def create(self, request: web.Request) -> web.Response:
        made = {**await request.json(), "enabled": True, "listen": "127.0.0.1:4000"}
        self.proxies[made["name"]] = {**made, "toxics": {}}
        return web.json_response(made, status=201)

    def proxy(self, request: web.Request) -> dict[str, Any]:
        return self.proxies[request.match_info["proxy"]]

    async def change(self, request: web.Request) -> web.Response:
        self.proxy(request).update(await request.json())
        return web.json_response({})

    async def delete(self, request: web.Request) -> web.Response:
        del self.proxies[request.match_info["proxy"]]
        return web.Response(status=204)

    async def toxics(self, request: web.Request) -> web.Response:
        return web.json_response([*self.proxy(request)["toxics"].values()])

    async def add(self, request: web.Request) -> web.Response:
        toxic = await request.json()
        self.proxy(request)["toxics"][toxic["name"]] = toxic
        return web.json_response(toxic)

    async def change_toxic(self, request: web.Request) -> web.Response:
        toxic = self.proxy(request)["toxics"][request.match_info["toxic"]]
        toxic.update(await request.json())
        return web.json_response(toxic)

    async def delete_toxic(self, request: web.Request) -> web.Response:
        del self.proxy(request)["toxics"][request.match_info["toxic"]]
        return web.Response(status=204)


@pytest.fixture
def api() -> Api:
    return Api()


@pytest_asyncio.fixture
async def toxiproxy(api: Api, serve: Serve) -> AsyncIterator[Toxiproxy]:
    host, _, port = (await serve(api.application())).partition(":")
    toxiproxy = Toxiproxy(address=ToxiproxyAddress(host=host, port=int(port)))
    yield toxiproxy
    api.failing = None
    api.hangs.set()
    await toxiproxy.close()


def toxics_of(api: Api, name: str) -> dict[str, dict[str, int]]:
    return {n: toxic["attributes"] for n, toxic in api.proxies[name]["toxics"].items()}


@pytest.mark.asyncio
async def test_proxies_are_made_under_unique_names_and_removed(
    api: Api, toxiproxy: Toxiproxy
) -> None:
    one = await toxiproxy.create("signal-al/ice ü", ("10.0.0.7", 7880))
    two = await toxiproxy.create("signal-al/ice ü", ("10.0.0.7", 7880))

    assert (one.host, one.port) == ("127.0.0.1", 4000)
    assert one.name.endswith("-0-signal-al-ice-")
    assert api.proxies[one.name]["upstream"] == "10.0.0.7:7880"
    assert set(api.proxies) == {one.name, two.name}
    await toxiproxy.remove(one.name)
    assert set(api.proxies) == {two.name}
    await toxiproxy.close()
    assert not api.proxies


@pytest.mark.asyncio
async def test_toxics_are_added_changed_in_place_and_removed(
    api: Api, toxiproxy: Toxiproxy
) -> None:
    name = (await toxiproxy.create("x", ("127.0.0.1", 1))).name
    await toxiproxy.set_toxics(name, [LATENCY, SLOW_UP])
    assert toxics_of(api, name) == {
        "latency_downstream": {"latency": 100}, "bandwidth_upstream": {"rate": 10},
    }  # fmt: skip
    api.calls.clear()

    await toxiproxy.set_toxics(name, [Toxic(type="latency", attributes={"latency": 200}), SLOW_UP])
    assert toxics_of(api, name)["latency_downstream"] == {"latency": 200}
    assert api.calls == ["GET", "PATCH"]

    await toxiproxy.set_toxics(name, [])
    assert toxics_of(api, name) == {}


@pytest.mark.asyncio
async def test_closing_after_toxiproxy_itself_is_no_error(
    api: Api, toxiproxy: Toxiproxy, caplog: pytest.LogCaptureFixture
) -> None:
    await toxiproxy.create("x", ("127.0.0.1", 1))
    api.failing = (500, "gone")
    await toxiproxy.close()

    assert "refused to remove" in caplog.text


@pytest.mark.asyncio
async def test_a_proxy_is_closed_and_opened(api: Api, toxiproxy: Toxiproxy) -> None:
    name = (await toxiproxy.create("x", ("127.0.0.1", 1))).name
    await toxiproxy.set_enabled(name, enabled=False)
    assert api.proxies[name]["enabled"] is False
    await toxiproxy.set_enabled(name, enabled=True)
    assert api.proxies[name]["enabled"] is True


@pytest.mark.asyncio
async def test_two_toxics_of_one_type_and_stream_are_refused(toxiproxy: Toxiproxy) -> None:
    name = (await toxiproxy.create("x", ("127.0.0.1", 1))).name
    with pytest.raises(ToxiproxyError, match="same type and stream"):
        await toxiproxy.set_toxics(name, [LATENCY, LATENCY])


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("failing", "says"),
    [
        ((400, '{"error":"invalid toxic type","status":400}'), "400: invalid toxic type"),
        ((409, '{"error":"proxy already exists"}'), "409: proxy already exists"),
        ((500, "boom"), "500: boom"),
        ((200, "<html>"), "cannot be used"),
    ],
)
async def test_an_error_has_toxiproxy_s_own_words(
    api: Api, toxiproxy: Toxiproxy, failing: tuple[int, str], says: str
) -> None:
    api.failing = failing
    with pytest.raises(ToxiproxyError) as caught:
        await toxiproxy.create("x", ("127.0.0.1", 1))

    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.asyncio
async def test_a_toxiproxy_that_hangs_is_not_waited_for(
    api: Api, toxiproxy: Toxiproxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TIME_LIMIT_S", 0.1)
    api.hangs.clear()
    with pytest.raises(ToxiproxyError, match=r"did not answer within 0.1 s .*: restart it"):
        await toxiproxy.create("x", ("127.0.0.1", 1))


@pytest.mark.asyncio
async def test_a_toxiproxy_that_is_not_there_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = ToxiproxyAddress(host="127.0.0.1", port=free.getsockname()[1])
    with pytest.raises(ToxiproxyError, match="cannot be used"):
        await Toxiproxy(address=address).create("x", ("127.0.0.1", 1))
