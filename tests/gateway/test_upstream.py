from __future__ import annotations

import asyncio
import datetime
import os
import ssl
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from multidict import CIMultiDict
from yarl import URL

from harness.gateway.upstream import (
    Upstream,
    UpstreamRefusedError,
    UpstreamUnreachableError,
    end_to_end,
)

Serve = Callable[[web.Application], Awaitable[str]]
RAW_PATH = "/rtc/v1?join_request=a-_b%3D&x=%7E+y&flag"


class Server:
    """Answers with what it was asked, or with a refusal, or with a WebSocket."""

    def __init__(self) -> None:
        self.asked: list[web.Request] = []

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/refused", self.refuse)
        app.router.add_route("*", "/moved", self.move)
        app.router.add_route("*", "/{path:.*}", self.answer)
        return app

    async def refuse(self, request: web.Request) -> web.Response:
        return web.Response(status=401, text="no such key", headers={"X-Why": "key"})

    async def move(self, request: web.Request) -> web.Response:
        raise web.HTTPFound("/")

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        if request.headers.get("Upgrade") == "websocket":
            socket = web.WebSocketResponse(protocols=["livekit"])
            await socket.prepare(request)
            await socket.send_bytes(b"hello")
            await socket.close()
            return socket
        return web.Response(body=await request.read(), headers={"X-Asked": request.raw_path})


@pytest.mark.asyncio
async def test_a_request_arrives_as_it_was_made(serve: Serve) -> None:
    server = Server()
    upstream = Upstream(url=URL(f"http://{await serve(server.application())}"))
    headers = CIMultiDict({"Authorization": "Bearer t", "User-Agent": "me"})
    async with upstream.request("POST", RAW_PATH, headers, b"body") as response:
        assert response.status == 200
        assert response.headers["X-Asked"] == RAW_PATH
        assert await response.read() == b"body"

    assert {**server.asked[0].headers} == {
        "Authorization": "Bearer t",
        "User-Agent": "me",
        "Host": upstream.url.authority,
        "Content-Length": "4",
    } | {name: server.asked[0].headers[name] for name in ("Connection",)}


@pytest.mark.asyncio
async def test_a_redirect_is_the_client_s_business(serve: Serve) -> None:
    upstream = Upstream(url=URL(f"http://{await serve(Server().application())}"))
    async with upstream.request("GET", "/moved", CIMultiDict(), b"") as response:
        assert response.status == 302


@pytest.mark.asyncio
async def test_a_websocket_opens_with_path_headers_and_protocol(serve: Serve) -> None:
    server = Server()
    upstream = Upstream(url=URL(f"http://{await serve(server.application())}"))
    headers = CIMultiDict({"Authorization": "Bearer t", "Sec-WebSocket-Protocol": "x, livekit"})
    async with upstream.websocket(RAW_PATH, headers) as socket:
        assert await socket.receive_bytes(timeout=20) == b"hello"
        assert socket.protocol == "livekit"

    assert server.asked[0].raw_path == RAW_PATH
    assert server.asked[0].headers["Authorization"] == "Bearer t"


@pytest.mark.asyncio
async def test_a_detour_leads_to_the_same_server(serve: Serve) -> None:
    server = Server()
    host, _, port = (await serve(server.application())).partition(":")
    upstream = Upstream(url=URL("http://livekit.example:7880"), via=(host, int(port)))
    async with upstream.websocket("/rtc", CIMultiDict()) as socket:
        assert await socket.receive_bytes(timeout=20) == b"hello"

    assert server.asked[0].host == "livekit.example:7880"


@pytest.mark.asyncio
async def test_a_refusal_has_its_status_headers_and_body(serve: Serve) -> None:
    upstream = Upstream(url=URL(f"http://{await serve(Server().application())}"))
    with pytest.raises(UpstreamRefusedError) as caught:
        async with upstream.websocket("/refused?access_token=secret", CIMultiDict()):
            pass

    assert (caught.value.status, caught.value.body) == (401, b"no such key")
    assert caught.value.headers["X-Why"] == "key"
    assert "Content-Length" not in caught.value.headers
    assert "secret" not in str(caught.value)


@pytest.mark.asyncio
async def test_a_server_that_is_not_there_is_told_without_the_url() -> None:
    upstream = Upstream(url=URL("http://127.0.0.1:1"))
    for way in (
        upstream.websocket("/rtc?access_token=secret", CIMultiDict()),
        upstream.request("GET", "/?access_token=secret", CIMultiDict(), b""),
    ):
        with pytest.raises(UpstreamUnreachableError) as caught:
            async with way:
                pass
        assert "secret" not in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.asyncio
async def test_a_server_that_speaks_something_else_is_unreachable() -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(UpstreamUnreachableError):
            async with Upstream(url=URL(f"http://127.0.0.1:{port}")).websocket("/", CIMultiDict()):
                pass


def certificate(folder: Path) -> Path:
    """Certificate and key of `localhost`, signed by itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    file = folder / "localhost.pem"
    file.write_bytes(
        made.public_bytes(encoding)
        + key.private_bytes(
            encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return file


SECURE_CLIENT = """
import asyncio, sys
from multidict import CIMultiDict
from yarl import URL
from harness.gateway.upstream import Upstream

async def main():
    port = int(sys.argv[1])
    for via in (None, ("127.0.0.1", port)):
        async with Upstream(url=URL(f"https://localhost:{port}"), via=via).websocket(
            "/rtc", CIMultiDict()
        ) as socket:
            print((await socket.receive_bytes(timeout=20)).decode())

asyncio.run(main())
"""


@pytest.mark.asyncio
async def test_a_secure_server_is_verified_by_its_name_also_on_a_detour(tmp_path: Path) -> None:
    file = certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    runner = web.AppRunner(Server().application(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SECURE_CLIENT, str(runner.addresses[0][1]),
        env={**os.environ, "SSL_CERT_FILE": str(file)}, stdout=subprocess.PIPE,
    )  # fmt: skip
    out, _ = await asyncio.wait_for(process.communicate(), 20)
    await runner.cleanup()

    assert out.split() == [b"hello", b"hello"]


def test_headers_of_a_connection_stay_on_it() -> None:
    headers = CIMultiDict(
        {
            "Connection": "Upgrade, X-Hop",
            "Upgrade": "websocket",
            "X-Hop": "1",
            "Host": "gateway",
            "Sec-WebSocket-Key": "k",
            "Sec-WebSocket-Extensions": "permessage-deflate",
            "Sec-WebSocket-Protocol": "p",
            "Origin": "https://example.org",
            "Authorization": "Bearer t",
        }
    )

    assert dict(end_to_end(headers)) == {
        "Sec-WebSocket-Protocol": "p",
        "Origin": "https://example.org",
        "Authorization": "Bearer t",
    }
