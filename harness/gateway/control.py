"""The control API: HTTP on loopback, JSON, for whoever holds the token.

    GET  /state                     → State
    POST /profile                   ← {"profile": …, "participant": identity|null}   → {"at_ns": n}
    POST /impairments               ← {"impairments": [{"impairment": "loss", …}]}   → {"at_ns": n}
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

from harness.evidence.json_value import read_json
from harness.gateway.binder import Binder
from harness.gateway.errors import GatewayError, ToxiproxyError
from harness.gateway.identity import bearer_token
from harness.gateway.interceptors import Interceptors
from harness.gateway.participants import Participants
from harness.gateway.recorder import LineWriter
from harness.gateway.relay_client import RelayClient, RelayError
from harness.gateway.toxiproxy import Toxiproxy
from harness.network.impairments import Impairment
from harness.network.profile import Profile
from harness.network.tcp_faults import Toxic

T = TypeVar("T")
MAX_BODY_BYTES = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class SetProfile:
    """Body of `POST /profile`: a timeline that begins now."""

    profile: Profile
    participant: str | None = None
    """None is everybody, also who had one of their own."""


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
    toxiproxy: Toxiproxy | None
    interceptors: Interceptors
    recorder: LineWriter
    binder: Binder

    def application(self) -> web.Application:
        """The application with all routes; none answers without the token."""
        app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[self._guard])
        app.add_routes(
            [
                web.get("/state", self._state),
                web.post("/profile", self._profile),
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
                "toxiproxy_trouble": self.toxiproxy.trouble if self.toxiproxy else None,
                "errors": [
                    error for error in (self.recorder.error, self.binder.error) if error is not None
                ]
                + (self.toxiproxy.failures if self.toxiproxy else []),
            }
        )

    async def _profile(self, request: web.Request) -> web.Response:
        body = _decode(await request.read(), SetProfile)
        return _answer(
            {"at_ns": await self.participants.set_profile(body.profile, body.participant)}
        )

    async def _impairments(self, request: web.Request) -> web.Response:
        body = _decode(await request.read(), Impairments)
        return _answer({"at_ns": await self.relay.set_impairments(body.impairments)})

    async def _participant(self, request: web.Request) -> web.Response:
        body = _decode(await request.read(), Toxics)
        return _answer(
            await self.participants.set_toxics(request.match_info["identity"], body.toxics)
        )

    async def _snapshot(self, request: web.Request) -> web.Response:
        if self.toxiproxy is not None and self.toxiproxy.trouble is None:
            await self.toxiproxy.check()
        return _answer(await self.relay.snapshot())

    @web.middleware
    async def _guard(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        shown = bearer_token(request.headers.get("Authorization")) or ""
        # a header may hold bytes that are no UTF-8
        if not hmac.compare_digest(shown.encode(errors="surrogateescape"), self.token.encode()):
            return _answer({"error": "the token of this gateway's control API is missing"}, 401)
        try:
            return await handler(request)
        except GatewayError as error:
            return _answer({"error": str(error)}, 400)
        except (RelayError, ToxiproxyError) as error:
            return _answer({"error": str(error)}, 503)
        except web.RequestPayloadError:
            return _answer({"error": "the body of the request cannot be read"}, 400)
        except web.HTTPException as error:
            return _answer(
                {"error": f"{request.method} {request.path}: {error.reason}"}, error.status
            )


def _decode(body: bytes, kind: type[T]) -> T:
    try:
        return read_json(body, msgspec.json.Decoder(kind))
    except ValueError as error:
        raise GatewayError(f"the request cannot be read: {error}") from None


def _answer(body: Any, status: int = 200) -> web.Response:  # noqa: ANN401 - anything JSON
    return web.Response(
        status=status, body=msgspec.json.encode(body), content_type="application/json"
    )
