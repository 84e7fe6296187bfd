"""The control API from its other end: what the stage asks of a gateway."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self, TypeVar
from urllib.parse import quote

import msgspec
from aiohttp import ClientError, ClientSession, ClientTimeout

from harness.evidence.json_value import read_json
from harness.gateway.control import Impairments, SetProfile, Toxics
from harness.gateway.errors import GatewayError
from harness.gateway.relay_messages import Snapshot
from harness.network.impairments import Impairment
from harness.network.profile import Profile
from harness.network.tcp_faults import Toxic

T = TypeVar("T")
_ERROR = msgspec.json.Decoder(dict[str, str])
TIME_LIMIT_S = 30.0
"""Of one call: setting toxics makes several calls of toxiproxy, each with a limit of its own."""


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """What a participant is offered in place of an address of the server."""

    transport: str
    """`udp` or `tcp`."""
    server: str
    """`host:port`, as is `offered`."""
    offered: str


class PublishedTrack(msgspec.Struct, frozen=True, kw_only=True):
    """A track as the server last described it."""

    name: str
    medium: str
    muted: bool


class ParticipantState(msgspec.Struct, frozen=True, kw_only=True):
    """One participant as the gateway knows it."""

    room: str
    sid: str
    connections: int
    """Signalling connections that are open: 0 when it left, 2 for a moment while it resumes."""
    refusals: int
    profile: str
    phase: int | None
    """Number of the phase that is in force, from 0; None before the first connection."""
    toxics: tuple[Toxic, ...]
    """Of its signalling, in force now."""
    routes: tuple[Route, ...]
    tracks: dict[str, PublishedTrack]
    """By sid."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of `GET /state`."""

    participants: dict[str, ParticipantState]
    """By identity: everybody who connected, or was named, since the gateway started."""
    interceptors: tuple[str, ...]
    interceptor_errors: int
    errors: tuple[str, ...]
    """What spoilt the evidence: a file not written to its end, a toxiproxy that failed."""
    toxiproxy_trouble: str | None = None
    """Why toxiproxy is out of order now: to be started again, its API at the same address."""


class _InForce(msgspec.Struct, frozen=True, kw_only=True):
    """Answer to what takes effect at once."""

    at_ns: int


class GatewayClient:
    """Calls a gateway's control API.

    Every call raises GatewayError, one line, when the gateway refuses, cannot be reached or does
    not answer within 30 s. An async context manager; leaving it closes the connection.
    """

    def __init__(self, control_url: str, token: str) -> None:
        self._url = control_url.rstrip("/")
        self._session = ClientSession(
            headers={"Authorization": f"Bearer {token}"},
            timeout=ClientTimeout(total=TIME_LIMIT_S),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    async def state(self) -> State:
        """Who is connected, by which ways, and whether all was recorded."""
        return await self._call("GET", "/state", None, State)

    async def set_profile(self, profile: Profile, participant: str | None = None) -> int:
        """Begin a profile's timeline now, over UDP and TCP, in place of the former one.

        Args:
            profile: It; one with toxics needs a gateway with a toxiproxy.
            participant: Whose; None is everybody, also who had one of their own.

        Returns:
            Its time 0, monotonic ns; for who has not connected yet, it is when they do.
        """
        body = SetProfile(profile=profile, participant=participant)
        return (await self._call("POST", "/profile", body, _InForce)).at_ns

    async def set_impairments(self, impairments: Sequence[Impairment]) -> int:
        """Put these in force in place of those set before, on top of the profiles.

        Returns:
            Since when they are in force, monotonic ns.
        """
        body = Impairments(impairments=tuple(impairments))
        return (await self._call("POST", "/impairments", body, _InForce)).at_ns

    async def set_toxics(self, identity: str, toxics: Sequence[Toxic]) -> ParticipantState:
        """Set the toxics of a participant's signalling, on top of those of its profile.

        They are in force when this returns. The participant need not have connected yet.
        """
        path = f"/participants/{quote(identity, safe='')}"
        return await self._call("POST", path, Toxics(toxics=tuple(toxics)), ParticipantState)

    async def snapshot(self) -> Snapshot:
        """Counts of the relay; the files of the ledger hold all that happened until then."""
        return await self._call("POST", "/snapshot", None, Snapshot)

    async def close(self) -> None:
        """Close the connection."""
        await self._session.close()

    async def _call(self, method: str, path: str, body: object, kind: type[T]) -> T:
        data = b"" if body is None else msgspec.json.encode(body)
        try:
            async with self._session.request(method, self._url + path, data=data) as response:
                answer = await response.read()
        except (ClientError, OSError, TimeoutError) as error:
            raise GatewayError(
                f"the gateway does not answer {method} {path} ({type(error).__name__}): "
                "its log says why it ended"
            ) from None
        if response.status != 200:
            raise GatewayError(_error(answer, response.status))
        try:
            return read_json(answer, msgspec.json.Decoder(kind))
        except ValueError as error:
            raise GatewayError(
                f"the gateway answered {method} {path} with no answer: {error}"
            ) from None


def _error(answer: bytes, status: int) -> str:
    try:
        return read_json(answer, _ERROR)["error"]
    except (ValueError, KeyError):
        return f"the gateway answered with status {status}"
