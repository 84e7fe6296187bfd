"""The calls of a plan, each on a stage of its own: server, keeper and toxiproxy behind them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Self

from harness.evidence.signalling import server_version
from harness.judging.disturbance import disturbance
from harness.measuring.call import Call, make_call
from harness.measuring.latency_report import LatencyReport, report_of, without_call
from harness.measuring.plan import Plan
from harness.measuring.series import write_series
from harness.network.profile import Profile
from harness.participant.connection import CommandFailed, CommandTimedOut
from harness.processes.keeper_client import Keeper, KeeperError
from harness.processes.watcher_client import WatcherError
from harness.server.model import (
    NotConfigurableError,
    RunningServer,
    RunningToxiproxy,
    ServerBackend,
    ServerConfig,
    ServerError,
    require_any_port,
)
from harness.stage.errors import GatewayError, ParticipantDied, ServerRefused, StageError
from harness.stage.preload import PRELOAD
from harness.stage.stage import StageSetup, open_stage

CALLS = "calls"
"""Folder of evidence, in it one for each call."""
SPARE_S = 60.0
"""Time beside its steady state that a call may take."""
NO_CALL = (
    StageError, GatewayError, ParticipantDied, ServerRefused, ServerError, NotConfigurableError,
    KeeperError, WatcherError, CommandFailed, CommandTimedOut, TimeoutError,
)  # fmt: skip
"""What becomes the reason why a profile has no numbers. Anything else is a mistake of ours."""


class Session:
    """A server and a keeper, while calls are made. Use `with`; all that was started ends with it.

    Args:
        plan: What is asked for.
        backend: Ready to start servers.

    Raises:
        KeeperError: no process can be started.
    """

    def __init__(self, plan: Plan, backend: ServerBackend) -> None:
        self._plan, self._backend = plan, backend
        self._keeper = Keeper.start(preload=PRELOAD, log=plan.folder / "keeper.log")
        self._servers: dict[bool, RunningServer] = {}
        self._proxy: RunningToxiproxy | None = None
        self._started = 0
        self.server_version: str | None = None
        """What the server told the last who joined; None as long as nobody did."""

    def __enter__(self) -> Self:
        """Nothing is started yet but the keeper."""
        return self

    def __exit__(self, *_: object) -> None:
        """End all processes; a deployment that is not ours stays."""
        for running in self._servers.values():
            running.stop()
        if self._proxy is not None:
            self._proxy.stop()
        self._keeper.close()

    async def report(self, profile: Profile, number: int) -> LatencyReport:
        """Make a call under a profile and measure it.

        What keeps the profile from having a call is in its report.

        Args:
            profile: The network.
            number: Of the call under this profile, from 1 on.
        """
        name = call_name(profile.name, number)
        try:
            call, disturbed = await self._call(profile, name)
        except (*NO_CALL, ExceptionGroup) as problem:
            report = without_call(profile, f"no call: {reason(problem)}")
        else:
            report = await asyncio.to_thread(_read, call, profile, disturbed)
        return replace(report, folder=f"{CALLS}/{name}")

    def setup(self, folder: Path, profile: Profile) -> StageSetup:
        """What a stage of this session is built from, on a network that is clean. Blocks.

        Args:
            folder: For what it leaves; made here.
            profile: Which will be played: server and toxiproxy are made ready for it.

        Raises: any of NO_CALL.
        """
        folder.mkdir(parents=True)
        running = self._server(profile.ice_tcp)
        return StageSetup(
            keeper=self._keeper,
            server=running.server,
            folder=folder,
            room=f"lk-harness-{self._plan.folder.name[-6:]}-{folder.name}",
            seed=self._plan.seed,
            toxiproxy=self._toxiproxy() if profile.needs_toxiproxy else None,
            ice_tcp=profile.ice_tcp,
        )

    async def _call(self, profile: Profile, name: str) -> tuple[Call, str | None]:
        """Make the call, and say what disturbed it."""
        seconds = self._plan.minutes * 60
        folder = self._plan.folder / CALLS / name
        setup = await asyncio.to_thread(self.setup, folder, profile)
        async with asyncio.timeout(seconds + SPARE_S), open_stage(setup) as stage:
            call = await make_call(stage, seconds=seconds, profile=profile)
        self.server_version = server_version(folder) or self.server_version
        return call, disturbance(stage.health)

    def _server(self, ice_tcp: bool) -> RunningServer:
        """One that answers, started when first needed and again when it died."""
        running = self._servers.get(ice_tcp)
        if running is None or not running.alive():
            folder = self._new_folder("server")
            config = ServerConfig(ice_tcp=ice_tcp)
            self._servers[ice_tcp] = running = self._backend.start(config, self._keeper, folder)
        return running

    def _toxiproxy(self) -> tuple[str, int]:
        if self._proxy is None or not self._proxy.alive():
            self._proxy = self._backend.start_toxiproxy(self._keeper, self._new_folder("toxiproxy"))
        require_any_port(self._proxy)
        return self._proxy.api_host, self._proxy.api_port

    def _new_folder(self, name: str) -> Path:
        self._started += 1
        folder = self._plan.folder / f"{name}-{self._started}"
        folder.mkdir()
        return folder


def _read(call: Call, profile: Profile, disturbed: str | None) -> LatencyReport:
    """The report of a call, and the series that it rests on beside the call's evidence."""
    report = report_of(call, profile, disturbance=disturbed)
    write_series(call, report.skews)
    return report


def call_name(profile: str, number: int) -> str:
    """`3g`, then `3g-2`: what the folder of a call is called."""
    return profile if number == 1 else f"{profile}-{number}"


def reason(error: Exception) -> str:
    """Why there was no call, on one line: by the first of a group of failures.

    Raises: the error itself where it is none of NO_CALL.
    """
    first: BaseException = error
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    if not isinstance(first, NO_CALL):
        raise error
    text = " ".join(str(first).split())
    return text or "it took longer than it may"
