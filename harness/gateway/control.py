"""The control API: HTTP on loopback, JSON, for whoever holds the token.

    GET  /state                     → State
    POST /impairments               ← {"impairments": [{"impairment": "loss", …}]}   → {}
    POST /participants/{identity}   ← {"toxics": [{"type": "latency", …}]}           → its view
    POST /snapshot                  → counts of the relay; the ledger's files are complete then

An error is `{"error": "one line"}` with status 400, 401, 404 or 503.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from harness.gateway.binder import Binder
from harness.gateway.errors import GatewayError, ToxiproxyError
from harness.gateway.identity import bearer_token
from harness.gateway.interceptors import Interceptors
from harness.gateway.participants import Participants
from harness.gateway.recorder import LineWriter
from harness.gateway.relay_client import RelayClient, RelayError
from harness.network.impairments import Impairment
from harness.network.tcp_faults import Toxic

T = TypeVar("T")
MAX_BODY_BYTES = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Impairments:
    """Body of `POST /impairments`: what is in force from now on, in place of the former."""

    impairments: tuple[Impairment, ...]


@dataclass(frozen=True, kw_only=True)
class Toxics:
    """Body of `POST /participants/{identity}`: the toxics of its signalling connection."""

    toxics: tuple[Toxic, ...]


@dataclass(frozen=True, kw_only=True)
class Control:
    """The aiohttp handlers of the control API."""

    token: str
    relay: RelayClient
    participants: Participants
    interceptors: Interceptors
    recorder: LineWriter
    binder: Binder

    def application(self) -> web.Application:
        """The application with all routes; none answers without the token."""
        app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[self._guard])
        app.add_routes(
            [
                web.get("/state", self._state),
                web.post("/impairments", self._impairments),
                web.post("/participants/{identity:.+}", self._participant),
                web.post("/snapshot", self._snapshot),
            ]
        )
        return app

    async def _state(self, request: web.Request) -> web.Response:
        return _answer(
            {
                "participants": self.participants.view(),
                "interceptors": [type(one).__name__ for one in self.interceptors.chain],
                "interceptor_errors": self.interceptors.errors,
                "errors": [
                    error for error in (self.recorder.error, self.binder.error) if error is not None
                ],
            }
        )

    async def _impairments(self, request: web.Request) -> web.Response:
        body = _decode(await request.read(), Impairments)
        await self.relay.set_impairments(body.impairments)
        return _answer({})

    async def _participant(self, request: web.Request) -> web.Response:
        body = _decode(await request.read(), Toxics)
        participant = await self.participants.set_toxics(
            request.match_info["identity"], body.toxics
        )
        return _answer(participant.view())

    async def _snapshot(self, request: web.Request) -> web.Response:
        return _answer(await self.relay.snapshot())

    @web.middleware
    async def _guard(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        shown = bearer_token(request.headers.get("Authorization")) or ""
        if not hmac.compare_digest(shown.encode(), self.token.encode()):
            return _answer({"error": "the token of this gateway's control API is missing"}, 401)
        try:
            return await handler(request)
        except GatewayError as error:
            return _answer({"error": str(error)}, 400)
        except (RelayError, ToxiproxyError) as error:
            return _answer({"error": str(error)}, 503)
        except web.HTTPException as error:
            return _answer(
                {"error": f"{request.method} {request.path}: {error.reason}"}, error.status
            )


def _decode(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError as error:
        raise GatewayError(f"the request cannot be read: {error}") from None


def _answer(body: Any, status: int = 200) -> web.Response:  # noqa: ANN401 - anything JSON
    return web.Response(
        status=status, body=msgspec.json.encode(body), content_type="application/json"
    )
