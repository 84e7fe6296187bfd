"""A gateway for any client, from its start to its summary."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from harness.evidence.printable import printable_line
from harness.evidence.run_folder import Owner
from harness.gateway.config import GatewayConfig, Tls, ToxiproxyAddress
from harness.gateway.errors import GatewayError
from harness.gateway.process import GatewayProcess
from harness.gateway.relay_messages import Snapshot
from harness.network.profile import Profile
from harness.processes.keeper_client import Keeper
from harness.server.model import ServerError
from harness.standalone.display import Display
from harness.standalone.plan import Address
from harness.standalone.running import RunningGateway, announce, withdraw
from harness.standalone.toxiproxy import OwnToxiproxy
from harness.standalone.track_names import TrackNames
from harness.standalone.view import build_view
from harness.standalone.warnings_of_log import LogWarnings

PROGRAM = "harness.gateway.program"
UNANSWERED_PACKETS = 10
"""ICE sends about as many checks in the first second."""
LOOK_S = 1.0
"""Between two looks at what goes on."""
END_LIMIT_S = 2.0
"""From a gateway's silence to word of its end, if that is the reason."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A gateway that was asked for, all of it checked."""

    upstream: str
    address: Address
    profile: Profile
    profiles: dict[str, Profile]
    seed: int
    folder: Path
    """Exists and holds no record yet."""
    tls: Tls | None
    own_key: Path | None
    """Of a certificate that was made for this gateway: gone as soon as that has read it."""
    any_profile: bool
    """Whether profiles with toxics may be set later."""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    def forget_key(self) -> None:
        """Remove the key of our own certificate: a record may be handed on."""
        if self.own_key is not None:
            self.own_key.unlink(missing_ok=True)

    def config(self, toxiproxy: ToxiproxyAddress | None) -> GatewayConfig:
        """What the gateway's process is told."""
        return GatewayConfig(
            upstream_url=self.upstream,
            token=self.token,
            folder=str(self.folder),
            seed=self.seed,
            profile=self.profile,
            profiles=self.profiles,
            listen_host=self.address.listen_host,
            listen_port=self.address.listen_port,
            advertise_host=self.address.host,
            tls=self.tls,
            toxiproxy=toxiproxy,
        )

    @property
    def toxiproxy(self) -> bool:
        """Whether to start one: a profile has toxics, or may get some."""
        profiles = (self.profile, *self.profiles.values())
        return self.any_profile or any(one.needs_toxiproxy for one in profiles)


def serve(plan: Plan, display: Display) -> None:
    """Run a gateway until Ctrl-C, SIGTERM or SIGHUP; nothing of it is left then, but its record.

    Raises:
        GatewayError: it cannot start, or ended unasked.
        ServerError: toxiproxy is needed and cannot be had.
        KeeperError: no process can be started.
        OSError: the record folder cannot be written.
    """
    with Keeper.start(preload=[PROGRAM], log=plan.folder / "keeper.log") as keeper:
        toxiproxy = None
        if plan.toxiproxy:
            toxiproxy = OwnToxiproxy.start(keeper, plan.folder, display.say)
        asyncio.run(_serve(plan, keeper, toxiproxy, display))


async def _serve(
    plan: Plan, keeper: Keeper, toxiproxy: OwnToxiproxy | None, display: Display
) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    config = plan.config(toxiproxy.address if toxiproxy else None)
    gateway = await GatewayProcess.start(keeper, config)
    plan.forget_key()
    running = RunningGateway(
        owner=Owner.current(),
        url=public_url(gateway.url, plan.address),
        control=gateway.control,
        token=plan.token,
        folder=str(plan.folder),
        toxiproxy=toxiproxy is not None,
    )
    watch = Watch(gateway=gateway, folder=plan.folder, toxiproxy=toxiproxy, display=display)
    try:
        announce(running)
        display.say(f"clients use {running.url}")
        while not stop.is_set():
            await watch.look()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_S)
    finally:
        withdraw(running)
        await gateway.close()
        display.close()


@dataclass(kw_only=True)
class Watch:
    """Looks at a gateway again and again; rates are those between two looks."""

    gateway: GatewayProcess
    folder: Path
    toxiproxy: OwnToxiproxy | None
    display: Display
    _names: TrackNames = field(default_factory=TrackNames)
    _before: Snapshot | None = None
    _trouble: str | None = None
    _silent: set[str] = field(default_factory=set)
    """Of whom was said that the server sends them nothing."""

    async def look(self) -> None:
        """Show what goes on now, and start toxiproxy again if it is out of order.

        Raises:
            GatewayError: the gateway has ended, or does not answer.
            LedgerError: its record cannot be read.
        """
        try:
            snapshot = await self.gateway.client.snapshot()
            state = await self.gateway.client.state()
        except GatewayError:
            await self.gateway.until_ended(END_LIMIT_S)
            self.gateway.check_alive()
            raise
        missed = snapshot.kernel_dropped - (self._before.kernel_dropped if self._before else 0)
        if missed:
            self.display.say(f"this machine is too slow: {missed} packets are lost, in no ledger")
        unanswered = silent(snapshot)
        for identity in sorted(unanswered - self._silent):
            name = printable_line(identity)
            self.display.say(f"the server sends {name} nothing back: is its UDP port in reach?")
        self._silent |= unanswered
        self._names.refresh(self.folder)
        self.display.show(build_view(state, snapshot, self._before, self._names))
        self._before = snapshot
        for line in self._log.fresh():
            self.display.say(line)
        await self._mend(state.toxiproxy_trouble)

    async def _mend(self, trouble: str | None) -> None:
        """Once for each trouble: the gateway takes a while to notice that it is over."""
        if trouble is not None and trouble != self._trouble and self.toxiproxy is not None:
            self.display.say("toxiproxy is started again")
            try:
                await asyncio.to_thread(self.toxiproxy.restart)
            except ServerError as error:
                self.display.say(str(error))
        self._trouble = trouble

    @cached_property
    def _log(self) -> LogWarnings:
        return LogWarnings(self.folder / "gateway.log")


def silent(snapshot: Snapshot) -> set[str]:
    """Who has sent the server enough over UDP for an answer, and got none."""
    forwarded = {
        side.participant: side.total.forwarded for side in snapshot.sides if side.direction == "up"
    }
    return {
        side.participant
        for side in snapshot.sides
        if side.direction == "down" and not side.total.packets
        if forwarded.get(side.participant, 0) >= UNANSWERED_PACKETS
    }


def public_url(url: str, address: Address) -> str:
    """The URL of a gateway with the name that clients know."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{address.name}:{parts.port}"
