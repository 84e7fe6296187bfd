"""The control API over real HTTP, with the relay of a gateway behind it."""

from __future__ import annotations

import asyncio
import hmac
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from harness.gateway.client import GatewayClient
from harness.gateway.service import Service

Gateway = Callable[..., Awaitable[tuple[Service, GatewayClient]]]
Call = Callable[..., Awaitable[tuple[int, object]]]

GOOD = "Bearer control-token"


def profile(*at_ns: int) -> dict[str, object]:
    return {"name": "n", "title": "t", "cite": "c", "phases": [{"at_ns": one} for one in at_ns]}


@pytest_asyncio.fixture
async def call(gateway: Gateway) -> AsyncIterator[Call]:
    service, _ = await gateway("127.0.0.1:1")
    async with ClientSession() as session:

        async def make(
            method: str, path: str, body: object = None, authorization: str = GOOD
        ) -> tuple[int, object]:
            headers = {"Authorization": authorization}
            data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
            async with session.request(
                method, service.control + path, data=data, headers=headers
            ) as response:
                return response.status, await response.json()

        yield make


@pytest.mark.asyncio
async def test_a_gateway_starts_with_nobody(call: Call) -> None:
    assert await call("GET", "/state") == (
        200, {"participants": {}, "interceptors": [], "interceptor_errors": 0,
              "toxiproxy_trouble": None, "errors": []},
    )  # fmt: skip


@pytest.mark.asyncio
@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer control-toke", "Bearer ÿ", "x"])
@pytest.mark.parametrize("path", ["/state", "/nowhere"])
async def test_nothing_answers_without_the_token(call: Call, authorization: str, path: str) -> None:
    status, answer = await call("GET", path, authorization=authorization)

    assert status == 401
    assert answer == {"error": "the token of this gateway's control API is missing"}


@pytest.mark.asyncio
async def test_the_token_is_compared_in_constant_time(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return False

    monkeypatch.setattr(hmac, "compare_digest", compare)

    status, _ = await call("GET", "/state")

    assert status == 401, "nothing else decides"
    assert compared == [(b"control-token", b"control-token")]


@pytest.mark.asyncio
async def test_a_token_of_any_bytes_is_refused(gateway: Gateway) -> None:
    service, _ = await gateway("127.0.0.1:1")
    port = int(service.control.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /state HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\r\n\r\n")

    answer = await asyncio.wait_for(reader.readline(), 5)

    writer.close()
    assert answer.startswith(b"HTTP/1.1 401")


@pytest.mark.asyncio
async def test_a_body_that_is_not_what_its_header_says_is_refused(gateway: Gateway) -> None:
    service, _ = await gateway("127.0.0.1:1")
    headers = {"Authorization": GOOD, "Content-Encoding": "gzip"}
    for url in (f"{service.control}/impairments", service.url.replace("ws", "http") + "/twirp/x"):
        async with ClientSession() as session:
            body = io.BytesIO(b"no gzip")
            async with session.post(url, data=body, headers=headers) as answer:
                assert answer.status == 400
                assert "the body of the request cannot be read" in await answer.text()


@pytest.mark.asyncio
async def test_impairments_are_set(call: Call) -> None:
    loss = {"impairment": "loss", "ratio": 0.05}

    status, answer = await call("POST", "/impairments", {"impairments": [loss]})

    assert status == 200
    assert isinstance(answer, dict)
    assert answer["at_ns"] > 0


@pytest.mark.asyncio
async def test_a_snapshot_counts(call: Call) -> None:
    status, answer = await call("POST", "/snapshot")

    assert status == 200
    assert isinstance(answer, dict)
    assert answer["sides"] == []


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("method", "path", "body", "status", "says"),
    [
        ("POST", "/impairments", b"{", 400, "the request cannot be read"),
        ("POST", "/impairments", {"impairments": [{"impairment": "x"}]}, 400, "'x'"),
        ("POST", "/impairments", bytes(2 * 1024 * 1024), 413, "Too Large"),
        ("POST", "/participants/a", {"toxics": []}, 400, "started without toxiproxy"),
        ("POST", "/participants/a", {"toxics": [{"type": 5}]}, 400, "`$.toxics[0].type`"),
        ("GET", "/nowhere", None, 404, "GET /nowhere: Not Found"),
        ("POST", "/profile", {"profile": {"name": 5}}, 400, "`$.profile.name`"),
        ("POST", "/profile", {"profile": profile(0, 86_400_000_000_001)}, 400, "phases[1].at_ns`"),
        ("POST", "/profile", {"profile": profile(-1)}, 400, "phases[0].at_ns`"),
        ("GET", "/snapshot", None, 405, "GET /snapshot: Method Not Allowed"),
    ],
)
async def test_what_cannot_be_done_is_told_in_one_line(
    call: Call, method: str, path: str, body: object, status: int, says: str
) -> None:
    answered, answer = await call(method, path, body)

    assert answered == status
    assert isinstance(answer, dict)
    assert says in answer["error"]
    assert "\n" not in answer["error"]
