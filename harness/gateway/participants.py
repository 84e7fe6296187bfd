"""Who is behind the gateway, and which ways their connections take."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from livekit.protocol import models, rtc

from harness.gateway.candidates import Address
from harness.gateway.config import check_profile
from harness.gateway.describe import enum_name
from harness.gateway.errors import GatewayError, ToxiproxyError
from harness.gateway.forwarder import Forwarder
from harness.gateway.relay_client import RelayError
from harness.gateway.tcp_way import TcpWay, Toxics
from harness.gateway.timeline import Timeline
from harness.gateway.tracks import TrackLearner
from harness.network.phase import Phase
from harness.network.profile import Profile
from harness.network.tcp_faults import TcpFaults, Toxic

log = logging.getLogger(__name__)

MAX_PARTICIPANTS = 1000
MAX_ADDRESSES = 16
"""Server addresses a participant: a server offers one for each of its network interfaces."""


class Relay(Protocol):
    """The part of the relay's client that is needed here; every method raises RelayError."""

    async def open_port(
        self, participant: str, upstream_host: str, upstream_port: int
    ) -> tuple[str, int]:
        """The relay port of a participant for a server address; the same one when asked again."""

    async def begin(self, participant: str, at_ns: int) -> None:
        """Time 0 of a participant's profile was then; a second time does nothing."""

    async def set_profile(self, phases: Iterable[Phase], participant: str | None = None) -> int:
        """Begin a timeline in place of the former one; its time 0."""


@dataclass(kw_only=True)
class Participant:
    """One identity. It stays when its connections end, so that a resume meets the same ports.

    Until the server has accepted it, it is no more than what somebody wrote into a token.
    """

    identity: str
    signal: TcpWay
    media: TcpWay
    timeline: Timeline = field(init=False)
    room: str = ""
    sid: str = ""
    accepted: bool = False
    """Whether the server ever let it in."""
    asking: int = 0
    """Requests for a signalling connection, answered or not, that are under way."""
    connections: int = 0
    """Open signalling connections: one, two while a client resumes."""
    refusals: int = 0
    routes: dict[Address, tuple[str, int]] = field(default_factory=dict)
    """What it is offered in place of each server address."""
    forwarders: list[Forwarder] = field(default_factory=list)
    """Its ICE-TCP media."""
    tracks: dict[str, models.TrackInfo] = field(default_factory=dict)
    """By sid: what it publishes, as the server says."""
    learner: TrackLearner = field(init=False)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.learner = TrackLearner(participant=self.identity)

    async def apply(self, phase: Phase) -> None:
        """Put the TCP side of a phase in force; what toxiproxy cannot do is logged."""
        self.media.put(phase.media)
        self.signal.put(phase.signal)
        try:
            await self.media.settle()
            await self.signal.settle()
        except ToxiproxyError as error:
            log.error("%r: toxics are not in force: %s", self.identity, error)  # noqa: TRY400

    async def close(self) -> None:
        """End its timeline and its ICE-TCP connections."""
        await self.timeline.close()
        for forwarder in self.forwarders:
            await forwarder.close()

    def view(self, profile: Profile) -> dict[str, Any]:
        """For the control API, as JSON."""
        return {
            "room": self.room,
            "sid": self.sid,
            "connections": self.connections,
            "refusals": self.refusals,
            "profile": profile.name,
            "phase": self.timeline.phase,
            "toxics": list(self.signal.toxics),
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
                    "medium": str(enum_name(track, "type")),
                    "muted": track.muted,
                }
                for sid, track in self.tracks.items()
            },
        }


@dataclass(kw_only=True)
class Participants:
    """All participants of a gateway, by identity."""

    relay: Relay
    toxiproxy: Toxics | None
    profile: Profile
    """Of everybody who has none of their own."""
    profiles: dict[str, Profile]
    ice_tcp: bool
    """Whether it is offered to who joins from now on."""
    listen_host: str
    """Where ICE-TCP media is served."""
    offered_host: str
    """What stands in candidates in place of `listen_host`."""
    now_ns: Callable[[], int]
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    _known: dict[str, Participant] = field(default_factory=dict)
    _dropped: list[Participant] = field(default_factory=list)
    """Who is to be closed."""

    def known(self, identity: str) -> Participant | None:
        """The participant of that identity, if somebody asked for it or named it before."""
        return self._known.get(identity)

    def get(self, identity: str) -> Participant:
        """The participant of that identity.

        Where there are too many, the oldest that the server has never accepted, and asks it for
        nothing now, makes room: whoever can reach the gateway can make up identities.

        Raises:
            GatewayError: there are too many already.
        """
        if identity not in self._known:
            if len(self._known) >= MAX_PARTICIPANTS:
                self._drop_one()
            self._known[identity] = self._make(identity)
        return self._known[identity]

    def view(self) -> Mapping[str, Any]:
        """Every participant, for the control API."""
        return {
            identity: participant.view(self._profile_of(identity))
            for identity, participant in self._known.items()
        }

    @asynccontextmanager
    async def asking(self, identity: str) -> AsyncIterator[Participant]:
        """Who asks the server for a signalling connection, while the block runs.

        Its profile has begun, over TCP: it acts on the handshake, too. Nothing else is done for it
        until `accept`. Who was refused, or broke off although nothing was done to its signalling,
        has not begun: who is it, then, is not known.

        Raises:
            GatewayError: there are too many already.
        """
        participant = self.get(identity)
        participant.asking += 1
        refusals = participant.refusals
        try:
            await self._close_dropped()
            async with participant.lock:
                if participant.timeline.phase is None:
                    await self._start(participant, self.now_ns())
            yield participant
        finally:
            participant.asking -= 1
            if participant.refusals > refusals or participant.signal.faults == TcpFaults():
                await self._forget(participant)

    async def accept(self, participant: Participant, room: str) -> None:
        """The server lets it in: it is who it says, and the relay plays its profile from time 0.

        Args:
            participant: One that is asking.
            room: That its token names, or nothing.

        Raises:
            RelayError: the relay does not answer.
        """
        if participant.connections and room not in ("", participant.room):
            log.warning(
                "%r is in %r and in %r at once: they are told apart by identity alone, so "
                "give each room a gateway of its own",
                participant.identity, participant.room, room,
            )  # fmt: skip
        participant.room = room or participant.room
        async with participant.lock:
            if not participant.accepted:
                await self.relay.begin(participant.identity, participant.timeline.at_ns)
                participant.accepted = True

    async def set_profile(self, profile: Profile, identity: str | None) -> int:
        """Begin a profile's timeline now, over UDP and TCP.

        Args:
            profile: It.
            identity: Whose; None is everybody, also who had one of their own.

        Returns:
            Time 0 for those who have connected; for others it is when they do.

        Raises:
            GatewayError: the profile has toxics, and the gateway no toxiproxy.
            RelayError: the relay refused, or does not answer.
        """
        check_profile(profile, toxiproxy=self.toxiproxy is not None)
        at_ns = await self.relay.set_profile(profile.phases, identity)
        self.ice_tcp |= profile.ice_tcp
        if identity is None:
            self.profile = profile
            self.profiles.clear()
        else:
            self.profiles[identity] = profile
        for participant in list(self._known.values()):
            if identity in (None, participant.identity):
                async with participant.lock:
                    self._expect(participant)
                    if participant.timeline.phase is not None:
                        await self._start(participant, at_ns)
        return at_ns

    async def set_toxics(self, identity: str, toxics: Sequence[Toxic]) -> Mapping[str, Any]:
        """Set the toxics of a participant's signalling, on top of those of its profile.

        Raises:
            GatewayError: the gateway has no toxiproxy.
            ToxiproxyError: toxiproxy refused, or does not answer.
        """
        if self.toxiproxy is None:
            raise GatewayError("this gateway was started without toxiproxy: it can have no toxics")
        if len({toxic.name for toxic in toxics}) != len(toxics):
            raise GatewayError("two toxics of the same type and stream on one connection")
        participant = self.get(identity)
        participant.signal.more = tuple(toxics)
        await participant.signal.settle()
        return participant.view(self._profile_of(identity))

    async def open_routes(self, participant: Participant, wanted: Iterable[Address]) -> None:
        """Give a participant a route for each server address.

        The relay is asked each time: it gives up a port that was silent for long when it needs
        room. An address without a route is not offered to the client; why is logged.
        """
        async with participant.lock:
            for address in sorted(wanted, key=str):
                known = address in participant.routes
                if address.transport == "tcp" and (known or not self.ice_tcp):
                    continue
                if not known and len(participant.routes) >= MAX_ADDRESSES:
                    log.warning(
                        "%r: more than %d server addresses", participant.identity, MAX_ADDRESSES
                    )
                    return
                try:
                    port = await self._open(participant, address)
                except (OSError, RelayError) as error:
                    log.error("%r has no way to %s: %s", participant.identity, address, error)  # noqa: TRY400
                else:
                    participant.routes[address] = (self.offered_host, port)

    def observe(self, participant: Participant, response: rtc.SignalResponse) -> None:
        """Take from a server's message who the participants are and what they publish."""
        kind = response.WhichOneof("message")
        if kind == "join":
            participant.sid = response.join.participant.sid
            self._see([response.join.participant, *response.join.other_participants])
        elif kind == "update":
            self._see(response.update.participants)

    async def close(self) -> None:
        """End all timelines and all ICE-TCP connections."""
        await self._close_dropped()
        for participant in self._known.values():
            await participant.close()

    def _see(self, infos: Iterable[models.ParticipantInfo]) -> None:
        for info in infos:
            known = self._known.get(info.identity)
            if known is not None:
                known.sid = info.sid
                known.tracks = {track.sid: track for track in info.tracks}

    async def _start(self, participant: Participant, at_ns: int) -> None:
        await participant.timeline.start(self._profile_of(participant.identity).phases, at_ns)

    async def _forget(self, participant: Participant) -> None:
        """Time 0 is when it asks again, unless it was ever accepted or asks already."""
        async with participant.lock:
            if not (participant.accepted or participant.asking):
                await participant.timeline.forget()

    async def _open(self, participant: Participant, address: Address) -> int:
        server = (address.host, address.port)
        if address.transport == "udp":
            return (await self.relay.open_port(participant.identity, *server))[1]
        forwarder = Forwarder(way=participant.media, upstream=server)
        await forwarder.open(self.listen_host)
        participant.forwarders.append(forwarder)
        return forwarder.address[1]

    def _profile_of(self, identity: str) -> Profile:
        return self.profiles.get(identity, self.profile)

    def _expect(self, participant: Participant) -> None:
        phases = self._profile_of(participant.identity).phases
        participant.signal.expected = tuple(t for phase in phases for t in phase.signal.toxics)
        participant.media.expected = tuple(t for phase in phases for t in phase.media.toxics)

    def _make(self, identity: str) -> Participant:
        way = partial(TcpWay, toxiproxy=self.toxiproxy)
        participant = Participant(
            identity=identity,
            signal=way(label=f"signal-{identity}"),
            media=way(label=f"media-{identity}"),
        )
        participant.timeline = Timeline(
            apply=participant.apply, now_ns=self.now_ns, sleep=self.sleep
        )
        self._expect(participant)
        return participant

    def _drop_one(self) -> None:
        """Raises GatewayError when everybody is accepted, asks, or was given toxics."""
        for one in self._known.values():
            if not (one.accepted or one.asking or one.signal.more):
                self._dropped.append(self._known.pop(one.identity))
                return
        raise GatewayError(f"more than {MAX_PARTICIPANTS} participants on one gateway")

    async def _close_dropped(self) -> None:
        while self._dropped:
            one = self._dropped.pop()
            await one.close()
            try:
                await one.signal.close()
            except ToxiproxyError as error:
                log.error("%r: its listener stays: %s", one.identity, error)  # noqa: TRY400
