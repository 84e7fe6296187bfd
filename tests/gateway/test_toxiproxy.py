from __future__ import annotations

import asyncio
import copy
import itertools
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, get_args

import pytest
import pytest_asyncio
from aiohttp import web

import harness.gateway.toxiproxy as module
from harness.gateway.config import ToxiproxyAddress
from harness.gateway.errors import ToxiproxyError
from harness.gateway.toxiproxy import Toxiproxy
from harness.network.tcp_faults import Toxic, ToxicType

Serve = Callable[[web.Application], Awaitable[str]]
LATENCY = Toxic(type="latency", attributes={"latency": 100})
SLOW_UP = Toxic(type="bandwidth", stream="upstream", attributes={"rate": 10})
TIMEOUT = Toxic(type="timeout")
LIMIT = Toxic(type="limit_data", attributes={"bytes": 1000})
SERVER = ("10.0.0.7", 7880)
LIMIT_S = 20.0


class Api:
    """toxiproxy's HTTP API, as far as it is used; it keeps what it is told and proxies nothing."""

    def __init__(self) -> None:
        self.ports = itertools.count(4000)
        self.proxies: dict[str, dict[str, Any]] = {}
        self.calls: list[str] = []
        self.failing: tuple[int, str] | None = None
        self.answers: dict[str, str] = {}
        """By method, in place of what it should say."""
        self.created = asyncio.Event()
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
            ]
        )
        return app

    @web.middleware
    async def note(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        self.calls.append(f"{request.method} {request.path.rpartition('/')[2]}")
        await self.hangs.wait()
        if self.failing is not None:
            return web.Response(status=self.failing[0], text=self.failing[1])
        if request.method in self.answers:
            return web.Response(text=self.answers[request.method])
        return await handler(request)

    async def list(self, request: web.Request) -> web.Response:
        return web.json_response({n: {**p, "toxics": []} for n, p in self.proxies.items()})

    async def create(self, request: web.Request) -> web.Response:
        made = await request.json()
        assert not made["enabled"], "nobody may pass before its toxics are there"
        self.proxies[made["name"]] = {**made, "toxics": {}}
        self.created.set()
        return web.json_response(made, status=201)

    def proxy(self, request: web.Request) -> dict[str, Any]:
        return self.proxies[request.match_info["proxy"]]

    async def change(self, request: web.Request) -> web.Response:
        proxy = self.proxy(request)
        proxy.update(await request.json())
        proxy["listen"] = proxy["listen"].replace(":0", f":{next(self.ports)}")
        return web.json_response({**proxy, "toxics": []})

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
        toxic["attributes"].update((await request.json())["attributes"])
        return web.json_response(toxic)


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


def only(api: Api) -> dict[str, Any]:
    [proxy] = api.proxies.values()
    return proxy


def toxics_of(api: Api) -> dict[str, dict[str, int]]:
    return {name: toxic["attributes"] for name, toxic in only(api)["toxics"].items()}


@pytest.mark.asyncio
async def test_listeners_are_made_under_unique_names_and_removed(
    api: Api, toxiproxy: Toxiproxy
) -> None:
    for port in (4000, 4001):
        made = await toxiproxy.create("signal-al/ice ü", SERVER, (), ())
        assert made == ("127.0.0.1", port)
    one, two = api.proxies

    assert one.endswith("-0-signal-al-ice-")
    assert two.endswith("-1-signal-al-ice-")
    assert api.proxies[one]["upstream"] == "10.0.0.7:7880"
    assert api.proxies[one]["enabled"]
    await toxiproxy.create("x", ("::1", 7880), (), ())
    assert [*api.proxies.values()][-1]["upstream"] == "[::1]:7880"
    await toxiproxy.close()
    assert not api.proxies


@pytest.mark.asyncio
async def test_a_listener_can_be_ended(api: Api, toxiproxy: Toxiproxy) -> None:
    first = await toxiproxy.create("x", SERVER, (), ())
    await toxiproxy.create("y", SERVER, (), ())
    await toxiproxy.remove(first)
    await toxiproxy.check()

    assert [name.rpartition("-")[2] for name in api.proxies] == ["y"]
    assert not toxiproxy.failures


@pytest.mark.asyncio
async def test_what_will_be_needed_is_there_and_does_nothing(
    api: Api, toxiproxy: Toxiproxy
) -> None:
    everything = [Toxic(type=one, stream="upstream") for one in get_args(ToxicType)]
    await toxiproxy.create("x", SERVER, [LATENCY], everything)

    assert toxics_of(api) == {
        "latency_downstream": {"latency": 100, "jitter": 0},
        "latency_upstream": {"latency": 0, "jitter": 0},
        "bandwidth_upstream": {"rate": 1_000_000_000},
        "slow_close_upstream": {"delay": 0},
        "slicer_upstream": {"average_size": 1 << 30, "size_variation": 0, "delay": 0},
    }


@pytest.mark.asyncio
async def test_toxics_change_in_place_and_are_never_taken_away(
    api: Api, toxiproxy: Toxiproxy
) -> None:
    listener = await toxiproxy.create("x", SERVER, [LATENCY], [SLOW_UP])
    api.calls.clear()

    await toxiproxy.set_toxics(listener, [SLOW_UP])
    assert toxics_of(api) == {
        "latency_downstream": {"latency": 0, "jitter": 0}, "bandwidth_upstream": {"rate": 10},
    }  # fmt: skip
    await toxiproxy.set_toxics(listener, [SLOW_UP, LIMIT])
    assert toxics_of(api)["limit_data_downstream"] == {"bytes": 1000}
    await toxiproxy.set_toxics(listener, [SLOW_UP])
    assert toxics_of(api)["limit_data_downstream"] == {"bytes": 1 << 62}
    assert api.calls == [
        "PATCH latency_downstream", "PATCH bandwidth_upstream",
        "POST toxics", "PATCH limit_data_downstream",
    ]  # fmt: skip


@pytest.mark.asyncio
async def test_an_attribute_that_is_not_named_any_more_is_zero(
    api: Api, toxiproxy: Toxiproxy
) -> None:
    slices = Toxic(type="slicer", attributes={"average_size": 10, "delay": 500})
    listener = await toxiproxy.create("x", SERVER, [slices], ())
    await toxiproxy.set_toxics(listener, [Toxic(type="slicer", attributes={"average_size": 20})])

    assert toxics_of(api)["slicer_downstream"] == {
        "average_size": 20, "size_variation": 0, "delay": 0,
    }  # fmt: skip


@pytest.mark.asyncio
async def test_to_end_one_that_cannot_be_neutral_its_listener_is_made_anew_at_the_same_port(
    api: Api, toxiproxy: Toxiproxy
) -> None:
    listener = await toxiproxy.create("x", SERVER, [], [LATENCY])
    await toxiproxy.set_toxics(listener, [LATENCY, TIMEOUT])
    assert toxics_of(api)["timeout_downstream"] == {"timeout": 0}
    former = only(api)
    api.calls.clear()
    await toxiproxy.set_toxics(listener, [])

    assert toxics_of(api) == {"latency_downstream": {"latency": 0, "jitter": 0}}
    assert only(api) is not former
    assert (only(api)["listen"], only(api)["enabled"]) == ("127.0.0.1:4000", True)
    assert "DELETE timeout_downstream" not in api.calls


@pytest.mark.asyncio
async def test_closing_after_toxiproxy_itself_is_no_error(
    api: Api, toxiproxy: Toxiproxy, caplog: pytest.LogCaptureFixture
) -> None:
    await toxiproxy.create("x", SERVER, (), ())
    api.failing = (500, "gone")
    await toxiproxy.close()

    assert "refused to remove" in caplog.text


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
        await toxiproxy.create("x", SERVER, (), ())

    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.asyncio
async def test_one_that_hangs_is_waited_for_once_and_mended_when_it_answers(
    api: Api, toxiproxy: Toxiproxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = await toxiproxy.create("x", SERVER, [LATENCY], ())
    monkeypatch.setattr(module, "TIME_LIMIT_S", 0.1)
    api.hangs.clear()
    api.calls.clear()
    for _ in range(2):
        with pytest.raises(
            ToxiproxyError, match=r"did not answer within 0.1 s .*hangs, restart it"
        ):
            await toxiproxy.set_toxics(listener, [SLOW_UP])
    assert len(api.calls) == 1
    await toxiproxy.check()
    assert "hangs, restart it" in (toxiproxy.trouble or "")
    monkeypatch.setattr(module, "TIME_LIMIT_S", LIMIT_S)
    api.hangs.set()
    await toxiproxy.check()

    assert toxiproxy.trouble is None
    assert "did not answer" in toxiproxy.failures[0]
    assert toxics_of(api) == {
        "latency_downstream": {"latency": 0, "jitter": 0}, "bandwidth_upstream": {"rate": 10},
    }  # fmt: skip


@pytest.mark.asyncio
async def test_one_that_was_started_again_gets_its_listeners_back_at_their_ports(
    api: Api, toxiproxy: Toxiproxy
) -> None:
    for toxics in ([LATENCY], [TIMEOUT]):
        await toxiproxy.create("x", SERVER, toxics, [SLOW_UP])
    before = copy.deepcopy(api.proxies)
    api.proxies.clear()
    await toxiproxy.check()

    assert toxiproxy.trouble is None
    assert "was started again: it has lost" in toxiproxy.failures[0]
    assert api.proxies == before
    failures = list(toxiproxy.failures)
    await toxiproxy.check()
    assert toxiproxy.failures == failures


@pytest.mark.asyncio
async def test_it_is_watched(
    api: Api, toxiproxy: Toxiproxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WATCH_PERIOD_S", 0.01)
    await toxiproxy.create("x", SERVER, (), ())
    api.proxies.clear()
    watching = asyncio.create_task(toxiproxy.watch())
    api.created.clear()
    await asyncio.wait_for(api.created.wait(), LIMIT_S)
    watching.cancel()


@pytest.mark.asyncio
async def test_a_toxiproxy_that_is_not_there_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = ToxiproxyAddress(host="127.0.0.1", port=free.getsockname()[1])
    toxiproxy = Toxiproxy(address=address)
    with pytest.raises(ToxiproxyError, match="cannot be used"):
        await toxiproxy.create("x", SERVER, (), ())
    assert toxiproxy.trouble is not None


LISTENER = '{"name": "x", "upstream": "h:1", "enabled": true, "listen": "127.0.0.1:1"}'


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("GET", "[]"),
        ("GET", '{"x": 1}'),
        ("GET", "[" * 100_000),
        ("GET", f'{{"x-0-one": {LISTENER}}}'),
        ("POST", "[]"),
        ("PATCH", "{}"),
        ("PATCH", '{"listen": "nowhere"}'),
        ("PATCH", '{"listen": "127.0.0.1:70000"}'),
    ],
    ids=range(8),
)
async def test_an_answer_that_is_none_is_one_error(
    api: Api, toxiproxy: Toxiproxy, method: str, answer: str
) -> None:
    toxiproxy._prefix = "x"
    api.answers = {method: answer}
    with pytest.raises(ToxiproxyError, match=r"\Atoxiproxy at \S+ cannot be used \(.*\): \w+\Z"):
        await toxiproxy.create("one", SERVER, [LATENCY], [])


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ["dance", [], 7])
async def test_toxics_that_nobody_knows_are_trouble(
    api: Api, toxiproxy: Toxiproxy, kind: object
) -> None:
    await toxiproxy.create("one", SERVER, [LATENCY], [])
    only(api)["toxics"] = {"y": {"name": "y", "type": kind}}
    toxiproxy.trouble = "it hung"
    await toxiproxy.check()

    assert "cannot be used (list toxics)" in str(toxiproxy.trouble)
