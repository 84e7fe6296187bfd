"""One run of pytest with scenarios in it: from its options to its exit code."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from harness.calibration.calibrate import calibrate
from harness.clauses.catalogue import SHIPPED, Catalogue
from harness.evidence.clock import NS_PER_S, now_ns
from harness.evidence.finding import Cell, Finding
from harness.evidence.history import LOAD
from harness.evidence.run_event import (
    PROOF,
    AttemptStarted,
    CalibrationDone,
    NetworkTold,
    PlannedCell,
    RunFinished,
    RunStarted,
)
from harness.evidence.run_events import count_events
from harness.evidence.run_folder import MAIN, RunFolder, new_path
from harness.judging.deviations import Deviations
from harness.judging.load import may_run_beside
from harness.judging.outcome import is_failure
from harness.processes.keeper_client import Keeper
from harness.run.calibrating import Calibrating
from harness.run.canary import Canary
from harness.run.complaint import Complaint, complaint
from harness.run.crash import note_crash
from harness.run.machine_lock import MachineLock, runtime_folder
from harness.run.options import RunOptions
from harness.run.planned import network_told, planned_cell
from harness.run.quiet import UntilQuiet
from harness.run.run import Run
from harness.run.scenario import STANDARD, Demands, Scenario
from harness.run.servers import Servers
from harness.server.choose import choose
from harness.server.model import Progress, ServerError
from harness.stage.machine import machine_facts, versions
from harness.stage.preload import PRELOAD
from harness.stage.stage import StageSetup


class RunSession:
    """Starts what scenarios need when the first of them comes, and ends all of it.

    Raises:
        CatalogueError: a catalogue cannot be used.
        DeviationError: the list of known deviations cannot be used.
        GateError: the gate names what is not in the catalogue.
        ProvingError: there is nothing that the control could prove.
    """

    def __init__(self, options: RunOptions, *, say: Progress) -> None:
        self.catalogue = Catalogue.load(SHIPPED, *options.catalogues)
        options.gate.check(self.catalogue)
        today = datetime.now(UTC).date()
        self.deviations = Deviations.load(
            *options.deviations, catalogue=self.catalogue, today=today
        )
        proving = options.proving and options.proving.with_control(self.deviations.clauses)
        self.options = replace(options, proving=proving)
        self.folder: RunFolder | None = None
        self.canary: Canary | None = None
        self.judged: set[str] = set()
        """Clauses of all scenarios that were collected."""
        self.long: set[str] = set()
        """Clauses of scenarios that are left out and take minutes."""
        self._planned: list[PlannedCell] = []
        self._networks: dict[str, NetworkTold | None] = {}
        self._announced: Path | None = None
        self._say = say
        self._keeper: Keeper | None = None
        self._servers: Servers | None = None
        self._machine: MachineLock | None = None
        self._run: Run | None = None
        self._calibrating: Calibrating | None = None

    def plan(self, scenario: Scenario) -> None:
        """Note that a scenario is to be played. A canary is not told of."""
        if scenario.canary is None:
            cell = planned_cell(
                scenario,
                [self.catalogue[name] for name in scenario.demands.clauses],
                sabotage=scenario.sabotage or self.options.sabotage,
                deviations=self.deviations,
            )
            self._planned.append(cell)
            self._tell_network(scenario.demands)

    def _tell_network(self, demands: Demands) -> None:
        """Two files of one name, each beside its scenario, are two networks: neither is told."""
        told = network_told(demands)
        if self._networks.setdefault(told.name, told) != told:
            self._networks[told.name] = None

    def open_folder(self) -> RunFolder:
        """The run folder; the first call makes it, or enters that of the run this is part of."""
        if self.folder is None:
            path = self.options.part_of or self.announce_folder()
            self.folder = RunFolder.enter(path, worker=self.options.worker)
        return self.folder

    def announce_folder(self) -> Path:
        """Where the run folder will be, if any process of the run comes to need one."""
        self._announced = self._announced or new_path(self.options.reports)
        return self._announced

    def open(self, scenario: Scenario | None = None) -> Run:
        """Everything that scenarios need, started at the first call; one that is named begins.

        Raises:
            ServerError: no livekit-server can be had.
            KeeperError: no process can be started.
            RunFolderError: the run folder cannot be written.
            MachineLockError: runs on this machine cannot be kept apart.
        """
        if self._run is not None:
            self._begin(scenario)
            return self._run
        folder = self.open_folder()
        self._machine = MachineLock(runtime_folder(), run=str(folder.path), say=self._say)
        try:
            choice = choose(self.options.server, self._say)
        except ServerError:
            self._note_start(folder, self.options.server.backend)
            raise
        self._note_start(folder, choice.backend.name)
        self._begin(scenario)
        self._say(f"livekit-server from {choice.reason}")
        self._keeper = Keeper.start(preload=PRELOAD, log=folder.path / "keeper.log")
        self._servers = Servers(
            choice.backend, keeper=self._keeper, folder=folder, worker=self.options.worker
        )
        self._servers.get(STANDARD)
        self._calibrating = Calibrating(
            folder=folder, machine=self._machine, measure=self._calibrate, say=self._say
        )
        self._run = Run(
            options=self.options,
            folder=folder,
            catalogue=self.catalogue,
            deviations=self.deviations,
            keeper=self._keeper,
            servers=self._servers,
            machine=self._machine,
            calibrating=self._calibrating,
            until_quiet=UntilQuiet(),
        )
        return self._run

    def _begin(self, scenario: Scenario | None) -> None:
        """Write down that a scenario has its turn, before anything is started for it.

        Else nothing would be known of it when its process dies before the first attempt. A canary
        is not told of.
        """
        if scenario is None or scenario.canary is not None:
            return
        sabotage = scenario.sabotage or self.options.sabotage
        self.open_folder().append(
            AttemptStarted(
                at_ns=now_ns(),
                scenario=scenario.nodeid,
                number=0,
                cell=Cell(
                    server="",
                    profile=scenario.demands.profile,
                    seed=self.options.seed,
                    sabotage=sabotage.name if sabotage else None,
                ),
                folder="",
                clauses=scenario.demands.clauses,
            )
        )

    @property
    def waited_ns(self) -> int:
        """Time that attempts have waited so far: for others on this machine, for a calibration."""
        calibrating_ns = self._calibrating.waited_ns if self._calibrating else 0
        return calibrating_ns + (self._machine.waited_ns if self._machine else 0)

    def calibrate_after(self) -> None:
        """Measure once more what this machine can measure, if the run has measured times.

        Before `close`, where no loop runs.
        """
        if self._calibrating is not None:
            asyncio.run(self._calibrating.after())

    async def _calibrate(self, folder: Path, when: str) -> CalibrationDone:
        assert self._servers is not None, "the session is open"
        assert self._keeper is not None, "the session is open"
        running = await asyncio.to_thread(self._servers.get, STANDARD)
        room = f"lk-harness-{folder.parent.name[-6:]}-{folder.name}"
        setup = StageSetup(
            keeper=self._keeper,
            server=running.server,
            folder=folder,
            room=room,
            seed=self.options.seed,
        )
        return await calibrate(setup, when=when)

    def close(self) -> None:
        """End every process of the run. May be called twice, and at any point.

        A run folder that another process of the run has made is entered, to finish the run in.
        """
        servers, self._servers = self._servers, None
        keeper, self._keeper = self._keeper, None
        try:
            if servers is not None:
                servers.stop()
        finally:
            if keeper is not None:
                keeper.close()
        self.enter_announced()

    def enter_announced(self) -> RunFolder | None:
        """The run folder, if this process or another of the run has made it."""
        if self.folder is None and self._announced is not None and self._announced.is_dir():
            self.folder = RunFolder(self._announced)
        return self.folder

    def may_run_beside(self, demands: Demands) -> bool:
        """Whether first attempts may run beside others; unknown clauses are nothing to wait for."""
        known = [self.catalogue[name] for name in demands.clauses if name in self.catalogue]
        return may_run_beside(known, self.deviations)

    def complaint(self, findings: Sequence[Finding]) -> Complaint | None:
        """What findings mean for the test that a scenario is."""
        return complaint(findings, self.catalogue, self.options.gate)

    def is_failure(self, finding: Finding) -> bool:
        """Whether it fails the run."""
        return is_failure(finding, self.catalogue, self.options.gate)

    def note_crash(self, scenario: str, why: str, *, sabotage: str | None = None) -> list[Finding]:
        """Judge a scenario whose process ended; see `harness.run.crash`."""
        folder = self.enter_announced()
        if folder is None:
            return []
        return note_crash(
            folder,
            scenario,
            why,
            sabotage=sabotage,
            catalogue=self.catalogue,
            deviations=self.deviations,
        )

    def _note_start(self, folder: RunFolder, backend: str) -> None:
        folder.append(
            RunStarted(
                at_ns=now_ns(),
                started=datetime.now(UTC).isoformat(timespec="seconds"),
                seed=self.options.seed,
                backend=backend,
                command=self.options.command,
                machine=machine_facts() | ({LOAD: self.options.load} if self.options.load else {}),
                versions=versions(),
                server_options=self._server_options(backend),
                gate=self.options.gate.text,
                cells=tuple(self._planned),
                networks=tuple(told for _, told in sorted(self._networks.items()) if told),
                canary=self.canary is not None,
                **self._sabotage(),
                clauses=self.catalogue.rows(),
                long_clauses=tuple(sorted(self.long)),
                own_clauses=tuple(Catalogue.load(*self.options.catalogues)),
                deviations=self.deviations.rows(),
            )
        )

    def _sabotage(self) -> dict[str, Any]:
        """What is broken on purpose, for the start of the run."""
        proving = self.options.proving
        if proving is None:
            sabotage = self.options.sabotage
            return {"sabotage": sabotage.name, "breaks": sabotage.breaks} if sabotage else {}
        played = {cell.sabotage for cell in self._planned}
        return {
            "sabotage": PROOF,
            "sabotages": tuple(msgspec.to_builtins(row) for row in proving.rows(played)),
            "whole_proof": proving.whole and self.judged >= set(self.catalogue),
        }

    def _server_options(self, backend: str) -> tuple[str, ...]:
        wanted = self.options.server
        if wanted.url is not None:
            return (f"--lk-url={wanted.url}",)
        if wanted.server_binary is not None:
            return (f"--lk-server-binary={wanted.server_binary}",)
        if wanted.server_version is not None:
            return (f"--lk-backend={backend}", f"--lk-server-version={wanted.server_version}")
        return (f"--lk-backend={backend}",)

    def finish(self, exit_code: int, reason: str) -> None:
        """Write down how the run ended. Nothing is written afterwards."""
        assert self.folder is not None, "a run without a folder has nothing to finish"
        written = count_events(self.folder.path)
        self.folder.append(
            RunFinished(
                at_ns=now_ns(),
                exit_code=exit_code,
                reason=reason,
                waited_s=self._machine.waited_ns / NS_PER_S if self._machine else 0.0,
                written=written | {MAIN: written.get(MAIN, 0) + 1},
            )
        )
        self.folder.close()
