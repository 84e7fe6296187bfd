"""What an attempt runs on: a server, a gateway, and the participants that joined."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from harness.evidence.clock import now_ns
from harness.evidence.file_name import file_name
from harness.evidence.ledger import Ledger
from harness.evidence.sdk_call import SdkCall, read_calls
from harness.evidence.sdk_event import SdkEvent
from harness.gateway.config import GatewayConfig, ToxiproxyAddress
from harness.gateway.process import GatewayProcess
from harness.network.impairments import Impairment
from harness.network.profile import Profile, load_profile
from harness.network.tcp_faults import Toxic
from harness.participant.handle import ParticipantHandle
from harness.participant.protocol import JoinOptions
from harness.processes.keeper_client import Keeper
from harness.processes.watcher_client import WatcherError, WatcherProcess
from harness.server.model import Server
from harness.stage.arrivals import inter_arrival_p99_ms
from harness.stage.asked import Asked
from harness.stage.errors import ParticipantDied, StageError
from harness.stage.guest import Guest, Surroundings
from harness.stage.guests import Guests
from harness.stage.load import MACHINE, MachineTimes, machine_health
from harness.stage.moderator import Moderator
from harness.stage.participant import Participant
from harness.stage.path_check import check_path
from harness.stage.probe_death import note_death
from harness.stage.rooms import delete_room
from harness.stage.tokens import ALL_GRANTS, Grants, token_for


@dataclass(frozen=True, kw_only=True)
class StageSetup:
    """What a stage is built from."""

    keeper: Keeper
    server: Server
    folder: Path
    """An existing folder for everything that the stage leaves."""
    room: str
    seed: int = 0
    profile: Profile = field(default_factory=partial(load_profile, "clean"))
    """Of everybody, from each participant's first signalling connection that is not refused."""
    beside: Path | None = None
    """Folder of the scenario's file, where profiles of its own may lie."""
    impairments: Sequence[Impairment] = ()
    """In force from the start, on top of the profile."""
    interceptors: tuple[str, ...] = ()
    tampers: tuple[str, ...] = ()
    """`module:callable` each, loaded in every participant: what a sabotage does there."""
    ignores_grants: bool = False
    """Whether tokens and moderator allow everything, whatever is asked for: a server that forbids
    nothing."""
    ledger_lies: bool = False
    """Whether the ledger says of every second dropped packet that it was forwarded."""
    toxiproxy: tuple[str, int] | None = None
    """Host and port of the API of what makes faults of TCP; None where none is asked for."""
    ice_tcp: bool = False
    """Offer participants the server's ICE-TCP candidates, also where the profile does not ask."""


class Stage:
    """The API of a scenario's author. Made by `open_stage`."""

    def __init__(self, setup: StageSetup, gateway: GatewayProcess, watcher: WatcherProcess) -> None:
        self.room = setup.room
        self.moderator = Moderator(
            setup.server, setup.room, before_removal=self._prepare_removal,
            ignores_grants=setup.ignores_grants, folder=setup.folder,
        )  # fmt: skip
        """The server API, for this room."""
        self.folder = setup.folder
        self.participants: list[Participant] = []
        """In the order in which they began to join."""
        self.media_s = 0.0
        """Seconds that `run` let media flow."""
        self.sdk: dict[str, str] = {}
        """SDK and version of everybody who took part, by identity."""
        self.health: dict[str, dict[str, float | None]] = {}
        """How well participants and machine kept up, once finished."""
        self.unmet: tuple[str, ...] = ()
        """What the scenario did to the network and met no packet, once finished."""
        self._setup = setup
        self._gateway = gateway
        self._watcher = watcher
        self._times = MachineTimes.now()
        self._probes = 0
        self._rooms = {setup.room}
        """Names of the rooms that somebody may have joined."""
        self._asked = Asked()
        around = Surroundings(
            folder=setup.folder, gateway=gateway.client.state, room=self.moderator.participants
        )
        self._guests = Guests(setup.keeper, setup.server, setup.room, around)

    @property
    def ledger(self) -> Ledger:
        """What the gateway saw of packets; complete once the stage has closed."""
        return Ledger(self.folder)

    @property
    def events(self) -> list[SdkEvent]:
        """What all SDKs told so far, by participant."""
        return [event for participant in self.participants for event in participant.events]

    async def join(
        self,
        *identities: str,
        auto_subscribe: bool = True,
        dynacast: bool = False,
        single_peer_connection: bool | None = None,
        grants: Grants = ALL_GRANTS,
        room: str | None = None,
    ) -> tuple[Participant, ...]:
        """Have participants join the room through the gateway, all at once.

        Args:
            identities: Who. One that has left may join again.
            auto_subscribe: Whether they are subscribed to whatever is published.
            dynacast: Whether they stop sending layers that nobody wants.
            single_peer_connection: None leaves the choice to the SDK.
            grants: What their tokens allow.
            room: Another room than the stage's, by a name for this stage alone.

        Raises:
            ValueError: an identity is there already; LiveKit would throw the former one out.
        """
        options = JoinOptions(
            auto_subscribe=auto_subscribe,
            dynacast=dynacast,
            single_peer_connection=single_peer_connection,
        )
        for place, identity in enumerate(identities):
            self._require_new(identity, *identities[:place])
        async with asyncio.TaskGroup() as group:
            joining = [
                group.create_task(self._join(identity, options, grants, room))
                for identity in identities
            ]
        return tuple(task.result() for task in joining)

    async def guest(self, identity: str, *, command: Sequence[str] | None = None) -> Guest:
        """Have a program of your own take part, through the gateway.

        Args:
            identity: Who it will be in the room.
            command: What the harness starts, with the guest's `url` and `token` as LIVEKIT_URL and
                LIVEKIT_TOKEN in its environment; it is waited for until it has joined, is ended
                with the attempt, and must not end before. None: start it yourself, with
                `guest.url` and `guest.token`, and await `guest.joined()`.

        Raises:
            StageError: it cannot be started, or has not joined in time.
            GuestDied: it ended before it had joined.
            ValueError: somebody of that identity is there.
        """
        self._require_new(identity)
        return await self._guests.invite(identity, self.ticket(identity), command)

    def _require_new(self, identity: str, *others: str) -> None:
        there = [p.identity for p in self.participants if not p.has_left]
        if identity in (*there, *self._guests.identities, *others):
            raise ValueError(f"{identity!r} has joined already: give each participant a name")

    async def impair(self, *impairments: Impairment) -> int:
        """Put these in force, in place of what was asked for before and on top of the profile.

        Returns:
            The monotonic ns from when on.
        """
        self._asked.impair(impairments)
        return await self._gateway.client.set_impairments((*self._setup.impairments, *impairments))

    async def play(self, profile: Profile | str, participant: str | None = None) -> int:
        """Begin a timeline now, in place of the profile that was in force.

        Args:
            profile: It, its name, or its file. `fault(...)` makes one that ends by itself.
            participant: Identity whose network it is; None is everybody's.

        Returns:
            The monotonic ns of its time 0.
        """
        chosen = (
            load_profile(profile, beside=self._setup.beside)
            if isinstance(profile, str)
            else profile
        )
        self._asked.play(chosen, participant)
        return await self._gateway.client.set_profile(chosen, participant)

    async def set_toxics(self, identity: str, *toxics: Toxic) -> int:
        """Set the toxics of a participant's signalling, on top of those of its profile.

        Also of one who is to join yet. Needs `@clause(..., toxiproxy=True)`.

        Returns:
            The monotonic ns from when on.
        """
        await self._gateway.client.set_toxics(identity, toxics)
        return now_ns()

    async def run(self, *, seconds: float) -> int:
        """Let media run; returns the monotonic ns at its end."""
        self.media_s += seconds
        await asyncio.sleep(seconds)
        self._check_alive()
        return now_ns()

    def _check_alive(self) -> None:
        self._gateway.check_alive()
        self._guests.check_alive()

    async def probe(self, file: str | Path, function: str, **args: Any) -> Any:  # noqa: ANN401
        """Call a function of a Python file in a disposable participant; returns its result.

        For what is a bare SDK call: wrong arguments, conversions, what a class offers. `file` is
        the probe's own path, or that of the scenario beside which it lies.
        """
        self._probes += 1
        name = f"probe{self._probes}"
        handle = await self._start(name, self.folder / name)
        try:
            return await handle.probe(Path(file), function, args)
        finally:
            await handle.close()

    async def probe_calls(self, file: str | Path, function: str, **args: Any) -> list[SdkCall]:  # noqa: ANN401
        """What became of all calls of a probe that keeps a `CallJournal` at its path `journal`.

        When a call ends the process that is what became of it, and another process makes the rest.

        Raises:
            ParticipantDied: a process ended between two calls.
        """
        number = len(list(self.folder.glob("*.calls")))
        journal = Path.cwd() / self.folder / f"{number}-{function}.calls"
        while True:
            try:
                await self.probe(file, function, journal=str(journal), **args)
            except ParticipantDied as death:
                note_death(journal, death)
            else:
                return list(read_calls(journal).values())

    def ticket(self, identity: str) -> dict[str, str]:
        """`url` and `token` for a probe that joins the room by itself.

        Of such a participant neither the way of its media nor its health is checked.
        """
        token = token_for(self._setup.server, identity=identity, room=self.room, grants=ALL_GRANTS)
        return {"url": self._gateway.url, "token": token}

    async def _join(
        self, identity: str, options: JoinOptions, grants: Grants, room: str | None
    ) -> Participant:
        life = 1 + sum(p.identity == identity for p in self.participants)
        folder = self.folder / file_name(identity if life == 1 else f"{identity}-{life}")
        participant = Participant(await self._start(identity, folder), identity=identity)
        self.participants.append(participant)
        name = f"{self.room}-{room}" if room else self.room
        self._rooms.add(name)
        granted = ALL_GRANTS if self._setup.ignores_grants else grants
        token = token_for(self._setup.server, identity=identity, room=name, grants=granted)
        joined = await participant.handle.join(url=self._gateway.url, token=token, options=options)
        participant.join_ns = joined.began_ns
        return participant

    async def _start(self, identity: str, folder: Path) -> ParticipantHandle:
        handle = await ParticipantHandle.start(
            self._setup.keeper, identity=identity, folder=folder, tampers=self._setup.tampers
        )
        self.sdk[identity] = handle.hello.sdk
        return handle

    async def _prepare_removal(self, identity: str | None) -> None:
        for participant in self.participants:
            if identity in (None, participant.identity) and not participant.has_left:
                await participant.prepare_removal()

    async def finish(self) -> None:
        """End a performance that went well: the evidence is completed, then checked.

        Raises:
            StageError: the media of a participant or a guest did not take the way through the
                relay, a source or recording broke on the way, or a fault was aimed at nobody.
            WatcherError: nothing is known of the machine.
        """
        self._check_alive()
        self._asked.check_aim([*(p.identity for p in self.participants), *self._guests.identities])
        for participant in self.participants:
            if not participant.has_left:
                await participant.leave()
        snapshot = await self._gateway.client.snapshot()
        state = await self._gateway.client.state()
        for problem in (*state.errors, *_interference(state.interceptor_errors)):
            raise StageError(f"the gateway's record is not whole: {problem}")
        for participant in self.participants:
            known = state.participants[participant.identity]
            tcp = {route.offered for route in known.routes if route.transport == "tcp"}
            check_path(participant.identity, participant.last_statistics, snapshot, tcp=tcp)
            folder = participant.handle.folder
            self.health[folder.name] = {
                **(participant.health or {}),
                "inter_arrival_p99_ms": inter_arrival_p99_ms(folder),
            }
            for fault in participant.handle.faults:
                raise StageError(f"{participant.identity}: {fault.where} broke: {fault.error}")
        self._guests.check_path(state, snapshot, self.ledger)
        self.unmet = self._asked.unmet(self.ledger.impairments, snapshot.met)
        self.sdk.update(self._guests.sdk())
        if snapshot.overshoot_p99_ms is not None:
            self.health["relay"] = {
                "relay_overshoot_p99_ms": snapshot.overshoot_p99_ms,
                "relay_overshoot_max_ms": snapshot.overshoot_max_ms,
            }
        self.health[MACHINE] = await machine_health(self._times, self._watcher)

    async def close(self) -> None:
        """End all that still runs, whatever state it is in; leave nothing on a foreign server.

        How busy the machine was is noted of a performance that broke off, too.
        """
        if MACHINE not in self.health:
            with suppress(WatcherError):
                self.health[MACHINE] = await machine_health(self._times, self._watcher)
        everybody = [participant.handle.close() for participant in self.participants]
        await asyncio.gather(self._guests.close(), *everybody, return_exceptions=True)
        await self._gateway.close()
        self._watcher.close()
        if not self._setup.server.owned:
            await asyncio.gather(*(delete_room(self._setup.server, name) for name in self._rooms))


def _address(api: tuple[str, int] | None) -> ToxiproxyAddress | None:
    return ToxiproxyAddress(host=api[0], port=api[1]) if api else None


def _interference(errors: int) -> tuple[str, ...]:
    return (f"an interceptor failed {errors} times, see gateway.log",) if errors else ()


@asynccontextmanager
async def open_stage(setup: StageSetup) -> AsyncIterator[Stage]:
    """A fresh stage; everything that it started has ended when the context is left.

    Raises:
        GatewayError: the gateway did not start.
        KeeperError: no process can be started.
        StageError: its evidence is not to be trusted.
    """
    config = GatewayConfig(
        upstream_url=setup.server.url,
        token=secrets.token_urlsafe(24),
        folder=str(setup.folder),
        seed=setup.seed,
        profile=setup.profile,
        impairments=tuple(setup.impairments),
        interceptors=setup.interceptors,
        ledger_lies=setup.ledger_lies,
        toxiproxy=_address(setup.toxiproxy),
        ice_tcp=setup.ice_tcp,
    )
    gateway = await GatewayProcess.start(setup.keeper, config)
    try:
        log = setup.folder / "watcher.log"
        watcher = await asyncio.to_thread(WatcherProcess.start, setup.keeper, log=log)
    except BaseException:
        await gateway.close()
        raise
    stage = Stage(setup, gateway, watcher)
    try:
        yield stage
        await stage.finish()
    finally:
        await _closed(stage)


async def _closed(stage: Stage) -> None:
    """Close it; who cancels us meanwhile waits until that is done, and is heard then."""
    closing = asyncio.ensure_future(stage.close())
    try:
        await asyncio.shield(closing)
    except asyncio.CancelledError:
        await asyncio.wait([closing])
        closing.exception()  # else asyncio prints that nobody asked for it
        raise
