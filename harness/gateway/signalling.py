"""The signalling proxy: what a client takes for its LiveKit server.

A WebSocket at `/rtc` or `/rtc/v1` is signalling, decoded message by message (`pipeline`). All else
passes as it is (`pass_through`): `…/validate`, the HTTP API (`/twirp/…`), CORS preflights, the
WebSocket of an agent's worker. A refusal of the server reaches the client with its status and
body: an SDK that meets a 404 at `/rtc/v1` tries `/rtc`. URLs and headers hold tokens and are never
logged.

Two things do not pass, for they lead around the gateway: the list of a deployment's regions is
empty here, and WHIP, whose answer holds the server's candidates, is refused.

What a client asks at `/rtc…` is its signalling, and meets the stalls, cuts and toxics of its
profile from the handshake on; the rest is not, it is the application's. Tokens are verified by the
server alone: until it has accepted a client, nothing of what that says is kept.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial

from aiohttp import ClientWebSocketResponse, web

from harness.evidence.ledger_records import Direction
from harness.gateway.errors import GatewayError, TokenError, ToxiproxyError
from harness.gateway.identity import Identity, bearer_token, read_identity
from harness.gateway.join_request import (
    PARAMETER,
    JoinRequestError,
    decode_join_request,
    encode_join_request,
    parameter,
    replace_parameter,
)
from harness.gateway.participants import Participant, Participants
from harness.gateway.pass_through import (
    BODY_LIMIT_S,
    SlowBodyError,
    accept,
    pass_http,
    pass_websocket,
)
from harness.gateway.pipeline import Joining, Pipeline
from harness.gateway.relay_client import RelayError
from harness.gateway.tcp_way import TcpWay
from harness.gateway.tunnel import Closing, join
from harness.gateway.upstream import (
    Upstream,
    UpstreamRefusedError,
    UpstreamUnreachableError,
    end_to_end,
)

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 1024 * 1024
"""Of a call of the HTTP API, which is held whole: 16 times the metadata that a server takes."""
MAX_HEADER_BYTES = 64 * 1024
"""Of the request line and of a header: a join request in the URL takes 3 kB and more."""
MAX_WEBSOCKETS = 4096
SIGNALLING = ("/rtc", "/rtc/v1")
MAX_LOGGED_PATH = 200
POLL_S = 0.25
"""How often it is seen whether a client still waits for what is stalled."""
REGIONS = "/settings/regions"
ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}


class NoPathError(Exception):
    """A request names a whole URL, as one to an HTTP proxy does."""


@dataclass(frozen=True, kw_only=True)
class SignallingProxy:
    """The aiohttp handlers of the proxy."""

    upstream: Upstream
    participants: Participants
    pipeline: Pipeline
    _open: set[asyncio.Transport] = field(default_factory=set)
    """Of the clients whose WebSockets are open, or about to be."""

    def application(self) -> web.Application:
        """An application that takes every path and method."""
        app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[refuse_in_one_line])
        app.router.add_route("*", "/{path:.*}", self._handle)
        app.on_shutdown.append(self._abort_all)
        return app

    async def _abort_all(self, app: web.Application) -> None:
        for transport in self._open:
            transport.abort()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if not request.raw_path.startswith("/"):
            raise NoPathError
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._websocket(request)
        if request.path == REGIONS and request.method == "GET":
            return web.json_response({"regions": []}, headers=ANY_ORIGIN)
        if request.path.startswith("/whip/") and request.method == "POST":
            raise GatewayError("WHIP would go around the gateway: only SDKs can be led through it")
        if request.path.startswith("/rtc") and request.method == "GET":
            return await self._validate(request)
        return await pass_http(request, self.upstream)

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        transport = request.transport
        if transport is None or len(self._open) >= MAX_WEBSOCKETS:
            raise GatewayError(f"more than {MAX_WEBSOCKETS} WebSockets on one gateway")
        if not request.headers.get("Sec-WebSocket-Key", "").isascii():  # aiohttp takes it for text
            raise web.HTTPBadRequest(text="Sec-WebSocket-Key is not base64\n")
        self._open.add(transport)
        try:
            if request.path.rstrip("/").endswith(SIGNALLING):
                return await self._signalling(request)
            return await pass_websocket(request, self.upstream)
        except UpstreamRefusedError as refusal:
            return web.Response(status=refusal.status, headers=refusal.headers, body=refusal.body)
        finally:
            self._open.discard(transport)

    async def _validate(self, request: web.Request) -> web.StreamResponse:
        """What a client asks when its WebSocket failed: by the same way, if it is known."""
        try:
            participant = self.participants.known(_identity(request).name)
        except TokenError:
            participant = None
        if participant is None:
            return await pass_http(request, self.upstream)
        if not await _passes(request, participant.signal, "up"):
            return _broken_off(request)
        return await pass_http(request, await self._through(participant))

    async def _signalling(self, request: web.Request) -> web.StreamResponse:
        identity = _identity(request)
        asked = parameter(request.raw_path.partition("?")[2], PARAMETER)
        join = None if asked is None else decode_join_request(asked)
        async with self.participants.asking(identity.name) as participant:
            if not await _passes(request, participant.signal, "up"):
                return _broken_off(request)
            joining = None
            if join is not None:
                joining = self.pipeline.join_request(participant, identity.room, join)
            return await self._ask(request, participant, identity.room, joining)

    async def _ask(
        self, request: web.Request, participant: Participant, room: str, joining: Joining | None
    ) -> web.StreamResponse:
        """Ask the server; only when it lets the client in is anything kept of what that says."""
        path, _, query = request.raw_path.partition("?")
        if joining is not None:
            query = replace_parameter(query, PARAMETER, encode_join_request(joining.sent))
        raw_path = f"{path}?{query}" if query else path
        way = await self._through(participant)
        try:
            async with way.websocket(raw_path, end_to_end(request.headers)) as server:
                await self.participants.accept(participant, room)
                if joining is not None:
                    await self.pipeline.joined(participant, joining)
                if not await _passes(request, participant.signal, "down"):
                    return _broken_off(request)
                details = {"path": path, "via": "toxiproxy" if way.via else "direct"}
                return await self._joined(request, participant, server, details)
        except UpstreamRefusedError as refusal:
            participant.refusals += 1
            told = {"status": refusal.status, "path": path}
            self.pipeline.note(participant, "server", "websocket_refused", details=told)
            log.info("%r: the server refused with status %d", participant.identity, refusal.status)
            raise

    async def _through(self, participant: Participant) -> Upstream:
        """The server by the way that a participant's signalling takes."""
        server = self.upstream.authority
        way = await participant.signal.dial(server)
        return replace(self.upstream, via=way if way != server else None)

    async def _joined(
        self,
        request: web.Request,
        participant: Participant,
        server: ClientWebSocketResponse,
        details: dict[str, str],
    ) -> web.WebSocketResponse:
        client = accept(server.protocol)
        await client.prepare(request)
        transport = request.transport
        if transport is not None:
            self.pipeline.note(participant, "client", "websocket_open", details=details)
            await self._carry(participant, transport, client, server)
        return client

    async def _carry(
        self,
        participant: Participant,
        transport: asyncio.Transport,
        client: web.WebSocketResponse,
        server: ClientWebSocketResponse,
    ) -> None:
        """Join both sides; the client's is aborted unless it was closed politely."""
        closing = Closing(by="server", code=None)
        participant.connections += 1
        try:
            with participant.signal.carried(transport.abort):
                closing = await join(
                    client,
                    server,
                    partial(self.pipeline.message, participant),
                    lambda by: participant.signal.passes("up" if by == "client" else "down"),
                )
        finally:
            participant.connections -= 1
            if closing.code is None:
                transport.abort()
            self.pipeline.note(
                participant, closing.by, "websocket_close", details={"code": closing.code}
            )


def _identity(request: web.Request) -> Identity:
    """Who a client says it is.

    Raises: TokenError.
    """
    token = bearer_token(request.headers.get("Authorization")) or parameter(
        request.raw_path.partition("?")[2], "access_token"
    )
    return read_identity(token)


async def _passes(request: web.Request, way: TcpWay, direction: Direction) -> bool:
    """Wait until a direction is open; False when it was cut, or the client waits no longer."""
    passing = asyncio.ensure_future(way.passes(direction))
    try:
        while not passing.done() and request.transport is not None:
            await asyncio.wait([passing], timeout=POLL_S)
    finally:
        passing.cancel()
    return request.transport is not None and not way.cut


def _broken_off(request: web.Request) -> web.Response:
    """No answer: the connection is gone."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=503)


@web.middleware
async def refuse_in_one_line(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer what cannot be handled with one line, and log it without URL, header or traceback."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except TokenError as error:
        status, text = 401, str(error)
    except JoinRequestError as error:
        status, text = 400, str(error)
    except NoPathError:
        status = 400
        text = "the gateway is no HTTP proxy: ask for a path, as in `GET /rtc/v1 HTTP/1.1`"
    except (GatewayError, RelayError, ToxiproxyError) as error:
        status, text = 503, str(error)
    except web.RequestPayloadError:
        status, text = 400, "the body of the request cannot be read"
    except SlowBodyError:
        status, text = 408, f"the body of the request did not come within {BODY_LIMIT_S:g} s"
    except UpstreamUnreachableError as error:
        status, text = 502, f"the gateway has no connection to the server: {error}"
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        status, text = 500, f"the gateway failed: {type(error).__name__}"
        log.error("%s in %s:%d", text, place.name, place.lineno or 0)  # noqa: TRY400
    path = request.raw_path.partition("?")[0]
    log.warning("%s %s: %d %s", request.method, path[:MAX_LOGGED_PATH], status, text)
    return web.Response(status=status, text=text + "\n")
