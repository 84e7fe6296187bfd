"""The server's side of the proxy: requests and WebSockets towards it, as the client made them."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    ClientWSTimeout,
    TCPConnector,
)
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

CONNECT_LIMIT_S = 20.0
"""For the answer to a handshake: a client gives up earlier, a latency toxic may take seconds."""
CLOSE_LIMIT_S = 2.0
"""For the answer to a close frame."""
MAX_MESSAGE_BYTES = 4 * 1024 * 1024
"""Of one signalling message: 1000 times the largest that was seen."""
MAX_REFUSAL_BYTES = 64 * 1024

HOP_BY_HOP = frozenset(
    name.lower()
    for name in (
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection",
        "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length", "Host",
    )
)  # fmt: skip
"""Headers of one connection; those of a body are written anew from the body itself."""
Headers = CIMultiDict[str]


class UpstreamUnreachableError(Exception):
    """No connection to the server; the text says why and holds no URL."""


@dataclass
class UpstreamRefusedError(Exception):
    """The server answered a WebSocket handshake with something else than an upgrade."""

    status: int
    headers: Headers
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Upstream:
    """Where the server is, and by which way it is reached."""

    url: URL
    """`http` or `https`; only scheme, host and port count."""
    via: tuple[str, int] | None = None
    """Host and port to dial instead, which lead to the same server (toxiproxy)."""

    @property
    def authority(self) -> tuple[str, int]:
        """Host and port of the server."""
        return self.url.host or "", self.url.port or 80

    @asynccontextmanager
    async def websocket(
        self, raw_path: str, headers: Headers
    ) -> AsyncIterator[ClientWebSocketResponse]:
        """Open a WebSocket; whatever is left of it when the block ends is aborted.

        Raises:
            UpstreamRefusedError: the server answered, with another status.
            UpstreamUnreachableError: it did not answer.
        """
        async with self._session(refusing=True) as session:
            try:
                async with asyncio.timeout(CONNECT_LIMIT_S):
                    socket = await session.ws_connect(
                        self._target(raw_path),
                        headers=self._addressed(headers),
                        protocols=_protocols(headers),
                        server_hostname=self._server_hostname,
                        autoping=False,
                        autoclose=False,
                        max_msg_size=MAX_MESSAGE_BYTES,
                        timeout=ClientWSTimeout(ws_close=CLOSE_LIMIT_S),
                    )
            except (TimeoutError, ClientError, OSError) as error:
                raise _unreachable(error) from None
            yield socket

    @asynccontextmanager
    async def request(
        self, method: str, raw_path: str, headers: Headers, body: bytes
    ) -> AsyncIterator[ClientResponse]:
        """Make an HTTP request; its body arrives as the server encoded it.

        Raises:
            UpstreamUnreachableError: the server did not answer.
        """
        async with self._session() as session:
            try:
                async with asyncio.timeout(CONNECT_LIMIT_S):
                    response = await session.request(
                        method,
                        self._target(raw_path),
                        headers=self._addressed(headers),
                        data=io.BytesIO(body) if body else None,
                        allow_redirects=False,
                        server_hostname=self._server_hostname,
                    )
            except (TimeoutError, ClientError, OSError) as error:
                raise _unreachable(error) from None
            async with response:
                yield response

    def _target(self, raw_path: str) -> URL:
        host, port = self.via or self.authority
        origin = URL.build(scheme=self.url.scheme, host=host, port=port)
        return URL(f"{origin}{raw_path}", encoded=True)

    def _addressed(self, headers: Headers) -> Headers:
        addressed = headers.copy()
        addressed["Host"] = self.url.authority
        return addressed

    @property
    def _server_hostname(self) -> str | None:
        return self.url.host if self.url.scheme == "https" else None

    def _session(self, *, refusing: bool = False) -> ClientSession:
        return ClientSession(
            connector=TCPConnector(force_close=True),
            timeout=ClientTimeout(total=None, sock_read=CONNECT_LIMIT_S),
            auto_decompress=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            raise_for_status=_refuse if refusing else False,
        )


def end_to_end(headers: CIMultiDictProxy[str] | Headers) -> Headers:
    """The headers of a message without those of its connection or of a WebSocket handshake."""
    named = {name.strip().lower() for name in headers.get("Connection", "").split(",")}
    return CIMultiDict(
        (name, value)
        for name, value in headers.items()
        if name.lower() not in HOP_BY_HOP | named
        and (not name.lower().startswith("sec-websocket-") or name.lower() == _PROTOCOL)
    )


_PROTOCOL = "sec-websocket-protocol"


def _protocols(headers: Headers) -> list[str]:
    offered = headers.get(_PROTOCOL, "")
    return [name.strip() for name in offered.split(",") if name.strip()]


async def _refuse(response: ClientResponse) -> None:
    if response.status != 101:
        body = await response.content.read(MAX_REFUSAL_BYTES)
        raise UpstreamRefusedError(response.status, end_to_end(response.headers), body)


def _unreachable(error: Exception) -> UpstreamUnreachableError:
    if isinstance(error, TimeoutError):
        return UpstreamUnreachableError(f"no answer within {CONNECT_LIMIT_S:g} s")
    reason = error.strerror if isinstance(error, OSError) and error.strerror else ""
    return UpstreamUnreachableError(reason or type(error).__name__)
