"""The proxy between a real WebSocket client and a server that we play ourselves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError, web
from livekit.protocol import rtc
from yarl import URL

from harness.evidence.signalling import read_signalling
from harness.gateway.client import GatewayClient
from harness.gateway.config import GatewayConfig
from harness.gateway.join_request import decode_join_request, encode_join_request
from harness.gateway.relay_process import RelayProcess
from harness.gateway.service import Service, serving

if TYPE_CHECKING:
    from tests.gateway.conftest import Server

LIMIT_S = 20
Serve = Callable[[web.Application], Awaitable[str]]
Gateway = Callable[..., Awaitable[tuple[Service, GatewayClient]]]
Jwt = Callable[[str], str]

CANDIDATE = "candidate:1 1 udp 2130706431 127.0.0.1 {port} typ host"
TRICKLE = rtc.SignalResponse(
    trickle=rtc.TrickleRequest(candidateInit=json.dumps({"candidate": CANDIDATE.format(port=9)}))
)


async def received(socket: ClientWebSocketResponse) -> rtc.SignalResponse:
    return rtc.SignalResponse.FromString(await socket.receive_bytes(timeout=LIMIT_S))


@pytest.mark.asyncio
@pytest.mark.parametrize("in_header", [True, False])
async def test_a_client_joins_and_is_known_by_its_token(
    server: Server, serve: Serve, gateway: Gateway, session: ClientSession, jwt: Jwt,
    in_header: bool,
) -> None:  # fmt: skip
    service, control = await gateway(await serve(server.application()))
    headers = {"Authorization": f"Bearer {jwt('alice')}"} if in_header else {}
    query = "a=%7E+b" if in_header else f"access_token={jwt('alice')}"
    async with session.ws_connect(f"{service.url}/rtc?{query}", headers=headers) as client:
        joined = await received(client)
        at_server = await server.socket()
        await client.send_bytes(
            rtc.SignalRequest(mute=rtc.MuteTrackRequest(sid="TR_x")).SerializeToString()
        )
        assert await at_server.receive_bytes(timeout=LIMIT_S)
        state = await control.state()

    assert joined.join.participant.identity == "alice"
    assert not joined.join.ice_servers
    alice = state.participants["alice"]
    assert (alice.room, alice.sid, alice.connections) == ("r", "PA_a", 1)
    assert (alice.profile, alice.phase) == ("clean", 0)
    assert server.requests[0].headers.get("Authorization") == headers.get("Authorization")


@pytest.mark.asyncio
async def test_a_resumed_client_meets_the_same_relay_port(
    server: Server, serve: Serve, gateway: Gateway, session: ClientSession, jwt: Jwt
) -> None:
    service, control = await gateway(await serve(server.application()))
    offered = []
    for _ in range(2):
        url = f"{service.url}/rtc?access_token={jwt('alice')}"
        async with session.ws_connect(url) as client:
            await received(client)
            await (await server.socket()).send_bytes(TRICKLE.SerializeToString())
            trickle = (await received(client)).trickle
            offered.append(json.loads(trickle.candidateInit)["candidate"])
    state = await control.state()

    assert offered[0] == offered[1]
    [route] = state.participants["alice"].routes
    assert CANDIDATE.format(port=route.offered.rpartition(":")[2]) == offered[0]
    assert route.server == "127.0.0.1:9"


@pytest.mark.asyncio
async def test_the_join_request_loses_its_candidates_and_the_query_nothing_else(
    server: Server, serve: Serve, gateway: Gateway, session: ClientSession, jwt: Jwt
) -> None:
    server.refused = {}
    service, _ = await gateway(await serve(server.application()))
    offer = rtc.SessionDescription(sdp=f"m=audio 9 X 111\r\na={CANDIDATE.format(port=1)}\r\n")
    asked = encode_join_request(rtc.JoinRequest(publisher_offer=offer, metadata="m"))
    query = f"x=%7E+y&join_request={asked.replace('=', '%3D')}&flag"
    headers = {"Authorization": f"Bearer {jwt('alice')}"}
    url = URL(f"{service.url}/rtc/v1?{query}", encoded=True)
    async with session.ws_connect(url, headers=headers) as client:
        await received(client)

    before, _, rest = server.requests[0].query_string.partition("join_request=")
    assert server.requests[0].raw_path.startswith("/rtc/v1?x=%7E+y&join_request=")
    assert server.requests[0].raw_path.endswith("&flag")
    join = decode_join_request(server.requests[0].query["join_request"])
    assert (join.publisher_offer.sdp, join.metadata) == ("m=audio 9 X 111\r\n", "m")
    assert before
    assert rest


@pytest.mark.asyncio
async def test_a_refusal_of_the_server_reaches_the_client(
    server: Server, serve: Serve, gateway: Gateway, session: ClientSession, jwt: Jwt,
    tmp_path: Path,
) -> None:  # fmt: skip
    service, control = await gateway(await serve(server.application()))
    headers = {"Authorization": f"Bearer {jwt('alice')}"}
    with pytest.raises(WSServerHandshakeError) as caught:
        async with session.ws_connect(f"{service.url}/rtc/v1", headers=headers):
            pass
    url = service.url.replace("ws:", "http:")
    upgrade = {**headers, "Upgrade": "websocket", "Connection": "Upgrade"}
    async with session.get(f"{url}/rtc/v1", headers=upgrade) as response:
        body = await response.text()

    assert (caught.value.status, body) == (404, "not found")
    assert caught.value.headers is not None
    assert caught.value.headers["Access-Control-Allow-Origin"] == "*"
    assert (await control.state()).participants["alice"].refusals == 2
    refusals = read_signalling(tmp_path)
    assert [(one.kind, one.details["status"]) for one in refusals] == [
        ("websocket_refused", 404)
    ] * 2


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/rtc", 401, "no access token"),
        ("/rtc?access_token=hushhush", 401, "the access token is not a JWT"),
        ("/rtc/v1?access_token={jwt}&join_request=%%%", 400, "the join request cannot be read"),
    ],
)
async def test_what_names_nobody_is_refused_in_one_line(
    server: Server, serve: Serve, gateway: Gateway, session: ClientSession, jwt: Jwt,
    path: str, status: int, says: str, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    service, control = await gateway(await serve(server.application()))
    url = service.url.replace("ws:", "http:") + path.replace("{jwt}", jwt("alice"))
    headers = {"Upgrade": "websocket", "Connection": "Upgrade"}
    async with session.get(url, headers=headers) as response:
        body = await response.text()

    assert response.status == status
    assert body.startswith(says)
    assert body.count("\n") == 1
    assert not server.requests
    assert (await control.state()).participants == {}
    assert says in caplog.text
    assert "hushhush" not in caplog.text + body


@pytest.mark.asyncio
async def test_the_http_api_passes_through(
    server: Server, serve: Serve, gateway: Gateway, session: ClientSession
) -> None:
    service, _ = await gateway(await serve(server.application()))
    url = service.url.replace("ws:", "http:")
    headers = {"Authorization": "Bearer t", "Origin": "https://example.org"}
    target = URL(f"{url}/twirp/x?q=%7E", encoded=True)
    async with session.post(target, headers=headers, data=b"{}") as response:
        body = await response.text()

    assert (response.status, body) == (200, '{"rooms":[]}')
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    [request] = server.requests
    assert (request.method, request.raw_path) == ("POST", "/twirp/x?q=%7E")
    assert request.headers["Origin"] == "https://example.org"


@pytest.mark.asyncio
async def test_ways_around_the_gateway_are_not_told(
    server: Server, serve: Serve, gateway: Gateway, session: ClientSession
) -> None:
    service, _ = await gateway(await serve(server.application()))
    url = service.url.replace("ws:", "http:")
    async with session.get(f"{url}/settings/regions") as regions:
        assert await regions.json() == {"regions": []}
        assert regions.headers["Access-Control-Allow-Origin"] == "*"
    async with session.post(f"{url}/whip/v1", data=b"v=0") as whip:
        assert (whip.status, await whip.text()) == (
            503, "WHIP would go around the gateway: only SDKs can be led through it\n",
        )  # fmt: skip
    assert not server.requests


@pytest.mark.asyncio
async def test_no_server_is_one_line_of_status_502(
    gateway: Gateway, session: ClientSession, jwt: Jwt
) -> None:
    service, _ = await gateway("127.0.0.1:1")
    url = service.url.replace("ws:", "http:")
    headers = {"Upgrade": "websocket", "Connection": "Upgrade"}
    async with session.get(f"{url}/rtc?access_token={jwt('a')}", headers=headers) as response:
        assert response.status == 502
        assert "the gateway has no connection to the server" in await response.text()


@pytest.mark.asyncio
async def test_a_dying_server_breaks_the_connection_of_the_client(
    server: Server, serve: Serve, gateway: Gateway, session: ClientSession, jwt: Jwt,
    tmp_path: Path,
) -> None:  # fmt: skip
    service, _ = await gateway(await serve(server.application()))
    async with session.ws_connect(f"{service.url}/rtc?access_token={jwt('alice')}") as client:
        await received(client)
        await server.socket()
        transport = server.requests[0].transport
        assert transport is not None
        transport.abort()
        message = await client.receive(timeout=LIMIT_S)

    assert message.type in (WSMsgType.CLOSED, WSMsgType.ERROR)
    assert client.close_code == 1006
    last = read_signalling(tmp_path)[-1]
    assert (last.kind, last.direction, last.details) == (
        "websocket_close", "server", {"code": None},
    )  # fmt: skip


INTERCEPTOR = """
class SwallowMute:
    def intercept(self, signal):
        return [] if signal.kind == "mute" else [signal]
"""


@pytest.mark.asyncio
async def test_an_interceptor_of_the_configuration_acts(
    server: Server, serve: Serve, gateway: Gateway, session: ClientSession, jwt: Jwt,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    (tmp_path / "signalling_interceptor.py").write_text(INTERCEPTOR)
    monkeypatch.syspath_prepend(str(tmp_path))
    service, control = await gateway(
        await serve(server.application()), interceptors=["signalling_interceptor:SwallowMute"]
    )
    async with session.ws_connect(f"{service.url}/rtc?access_token={jwt('alice')}") as client:
        await received(client)
        at_server = await server.socket()
        for message in (rtc.SignalRequest(mute=rtc.MuteTrackRequest()), rtc.SignalRequest(ping=1)):
            await client.send_bytes(message.SerializeToString())
        arrived = rtc.SignalRequest.FromString(await at_server.receive_bytes(timeout=LIMIT_S))
        state = await control.state()

    assert arrived.WhichOneof("message") == "ping"
    assert (state.interceptors, state.interceptor_errors) == (("SwallowMute",), 0)
    assert [one.kind for one in read_signalling(tmp_path) if one.altered] == ["mute"]


@pytest.mark.asyncio
async def test_a_gateway_that_ends_breaks_its_connections_at_once(
    server: Server, serve: Serve, relay_process: RelayProcess, session: ClientSession, jwt: Jwt,
    tmp_path: Path,
) -> None:  # fmt: skip
    upstream = f"ws://{await serve(server.application())}"
    config = GatewayConfig(upstream_url=upstream, token="t", folder=str(tmp_path))
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(serving(config, relay_process))
        client = await session.ws_connect(f"{service.url}/rtc?access_token={jwt('alice')}")
        await received(client)
        async with asyncio.timeout(1):
            await stack.aclose()
        message = await client.receive(timeout=LIMIT_S)

    assert message.type in (WSMsgType.CLOSED, WSMsgType.ERROR)


@pytest.mark.asyncio
async def test_garbage_of_one_client_leaves_the_others_alone(
    server: Server, serve: Serve, gateway: Gateway, session: ClientSession, jwt: Jwt
) -> None:
    service, control = await gateway(await serve(server.application()))
    url = f"{service.url}/rtc?access_token="
    async with (
        session.ws_connect(url + jwt("alice")) as alice,
        session.ws_connect(url + jwt("mallory")) as mallory,
    ):
        await received(alice)
        await received(mallory)
        await mallory.send_bytes(b"\xff" * 1000)
        with suppress(ConnectionError):  # refused before all of it was sent
            await mallory.send_bytes(bytes(5 * 1024 * 1024))
        message = await mallory.receive(timeout=LIMIT_S)
        at_server = await server.socket()
        await alice.send_bytes(rtc.SignalRequest(ping=1).SerializeToString())
        arrived = await at_server.receive_bytes(timeout=LIMIT_S)

    assert message.type is not WSMsgType.BINARY
    assert rtc.SignalRequest.FromString(arrived).ping == 1
    assert set((await control.state()).participants) == {"alice", "mallory"}


@pytest.mark.asyncio
async def test_a_handshake_whose_key_is_no_text_is_refused_before_the_server_is_asked(
    server: Server, serve: Serve, gateway: Gateway, jwt: Jwt
) -> None:
    service, _ = await gateway(await serve(server.application()))
    reader, writer = await asyncio.open_connection("127.0.0.1", int(service.url.rpartition(":")[2]))
    writer.write(
        f"GET /rtc?access_token={jwt('alice')} HTTP/1.1\r\nHost: x\r\n".encode()
        + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + b"Sec-WebSocket-Key: \xff\xfe\r\n\r\n"
    )
    answer = await reader.readline()
    writer.close()
    await writer.wait_closed()

    assert answer.split()[1] == b"400"
    assert not server.requests


def all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


@pytest.mark.asyncio
async def test_no_token_is_in_any_file_or_log(
    server: Server, serve: Serve, gateway: Gateway, session: ClientSession, jwt: Jwt,
    tmp_path: Path, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level("DEBUG")
    service, control = await gateway(await serve(server.application()))
    async with session.ws_connect(f"{service.url}/rtc?access_token={jwt('alice')}") as client:
        await received(client)
        refresh = rtc.SignalResponse(refresh_token=jwt("alice"))
        await (await server.socket()).send_bytes(refresh.SerializeToString())
        assert (await received(client)).refresh_token == jwt("alice")
    reader, writer = await asyncio.open_connection("127.0.0.1", int(service.url.rpartition(":")[2]))
    writer.write(b"GET /rtc?access_token=hushhush BROKEN\r\nhushhush\r\n\r\n")
    await reader.read(100)
    writer.close()
    await writer.wait_closed()
    await control.snapshot()

    written = all_bytes(tmp_path)
    assert b"refresh_token" in written
    assert b"hushhush" not in written
    ours = [r for r in caplog.records if r.name.startswith(("harness", "aiohttp.server"))]
    assert "hushhush" not in "".join(f"{r.getMessage()}{r.exc_text}{r.exc_info}" for r in ours)
