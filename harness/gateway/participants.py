"""Who is behind the gateway, and which ways their connections take."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from livekit.protocol import models, rtc

from harness.gateway.candidates import Address
from harness.gateway.errors import GatewayError, ToxiproxyError
from harness.gateway.identity import Identity
from harness.gateway.relay_client import RelayError
from harness.gateway.toxiproxy import TcpProxy, Toxiproxy
from harness.gateway.tracks import TrackLearner
from harness.network.tcp_faults import Toxic

log = logging.getLogger(__name__)

MAX_PARTICIPANTS = 1000
MAX_ADDRESSES = 16
"""Server addresses a participant: a server offers one for each of its network interfaces."""


class OpenPort(Protocol):
    """The part of the relay's client that is needed here."""

    async def open_port(
        self, participant: str, upstream_host: str, upstream_port: int
    ) -> tuple[str, int]:
        """The relay port of a participant for a server address; the same one when asked again."""


@dataclass(kw_only=True)
class Participant:
    """One identity. It stays when its connections end, so that a resume meets the same ports."""

    identity: str
    room: str = ""
    sid: str = ""
    connections: int = 0
    """Open signalling connections: one, two while a client resumes."""
    refusals: int = 0
    routes: dict[Address, tuple[str, int]] = field(default_factory=dict)
    """What it is offered in place of each server address."""
    signal_proxy: TcpProxy | None = None
    """Where its signalling connections go instead of straight to the server."""
    toxics: tuple[Toxic, ...] = ()
    tracks: dict[str, models.TrackInfo] = field(default_factory=dict)
    """By sid: what it publishes, as the server says."""
    learner: TrackLearner = field(init=False)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.learner = TrackLearner(participant=self.identity)

    @property
    def signal_way(self) -> tuple[str, int] | None:
        """Host and port to dial in place of the server, or None."""
        return (self.signal_proxy.host, self.signal_proxy.port) if self.signal_proxy else None

    def view(self) -> dict[str, Any]:
        """For the control API, as JSON."""
        return {
            "room": self.room,
            "sid": self.sid,
            "connections": self.connections,
            "refusals": self.refusals,
            "signal": "toxiproxy" if self.signal_proxy is not None else "direct",
            "toxics": list(self.toxics),
            "routes": [
                {
                    "transport": address.transport,
                    "server": f"{address.host}:{address.port}",
                    "offered": f"{host}:{port}",
                }
                for address, (host, port) in self.routes.items()
            ],
            "tracks": {
                sid: {
                    "name": track.name,
                    "medium": models.TrackType.Name(track.type).lower(),
                    "muted": track.muted,
                }
                for sid, track in self.tracks.items()
            },
        }


@dataclass(kw_only=True)
class Participants:
    """All participants of a gateway, by identity."""

    relay: OpenPort
    toxiproxy: Toxiproxy | None
    upstream: tuple[str, int]
    ice_tcp: bool
    _known: dict[str, Participant] = field(default_factory=dict)

    def get(self, identity: Identity) -> Participant:
        """The participant of a token, with the room it names now.

        Raises:
            GatewayError: there are too many already.
        """
        participant = self._named(identity.name)
        participant.room = identity.room or participant.room
        return participant

    def view(self) -> Mapping[str, Any]:
        """Every participant, for the control API."""
        return {identity: participant.view() for identity, participant in self._known.items()}

    async def set_toxics(self, identity: str, toxics: tuple[Toxic, ...]) -> Participant:
        """Lead a participant's signalling through toxiproxy and set its toxics there.

        New toxics act at once; the way itself from the next signalling connection on.

        Raises:
            GatewayError: the gateway has no toxiproxy.
            ToxiproxyError: toxiproxy refused, or does not answer.
        """
        if self.toxiproxy is None:
            raise GatewayError("this gateway was started without toxiproxy: it can have no toxics")
        participant = self._named(identity)
        async with participant.lock:
            if participant.signal_proxy is None:
                participant.signal_proxy = await self.toxiproxy.create(
                    f"signal-{identity}", self.upstream
                )
            await self.toxiproxy.set_toxics(participant.signal_proxy.name, toxics)
            participant.toxics = toxics
        return participant

    async def open_routes(self, participant: Participant, wanted: Iterable[Address]) -> None:
        """Give a participant a route for each server address that it has none for yet.

        An address without a route is not offered to the client; why is logged.
        """
        async with participant.lock:
            for address in sorted(wanted, key=str):
                if address in participant.routes or (
                    address.transport == "tcp" and not self.ice_tcp
                ):
                    continue
                if len(participant.routes) >= MAX_ADDRESSES:
                    log.warning(
                        "%r: more than %d server addresses", participant.identity, MAX_ADDRESSES
                    )
                    return
                try:
                    participant.routes[address] = await self._open(participant, address)
                except (ToxiproxyError, RelayError) as error:
                    log.error("%r has no way to %s: %s", participant.identity, address, error)  # noqa: TRY400

    def observe(self, participant: Participant, response: rtc.SignalResponse) -> None:
        """Take from a server's message who the participants are and what they publish."""
        kind = response.WhichOneof("message")
        if kind == "join":
            participant.sid = response.join.participant.sid
            self._see([response.join.participant, *response.join.other_participants])
        elif kind == "update":
            self._see(response.update.participants)

    def _see(self, infos: Iterable[models.ParticipantInfo]) -> None:
        for info in infos:
            known = self._known.get(info.identity)
            if known is not None:
                known.sid = info.sid
                known.tracks = {track.sid: track for track in info.tracks}

    async def _open(self, participant: Participant, address: Address) -> tuple[str, int]:
        if address.transport == "udp":
            return await self.relay.open_port(participant.identity, address.host, address.port)
        assert self.toxiproxy is not None, "the configuration was checked"
        proxy = await self.toxiproxy.create(
            f"media-{participant.identity}", (address.host, address.port)
        )
        return proxy.host, proxy.port

    def _named(self, identity: str) -> Participant:
        if identity not in self._known:
            if len(self._known) >= MAX_PARTICIPANTS:
                raise GatewayError(f"more than {MAX_PARTICIPANTS} participants on one gateway")
            self._known[identity] = Participant(identity=identity)
        return self._known[identity]
