"""A run: what all scenarios share, and the attempts that each of them gets."""

from __future__ import annotations

import asyncio
import re
import shutil
import textwrap
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from harness.clauses.catalogue import Catalogue
from harness.clauses.model import Clause
from harness.evidence.clock import now_ns
from harness.evidence.finding import Attempt, Cell, Finding, Verdict
from harness.evidence.run_event import (
    AttemptFinished,
    AttemptStarted,
    CanaryDone,
    FindingMade,
    RunEvent,
)
from harness.evidence.run_folder import RunFolder
from harness.evidence.signalling import server_version
from harness.judging.decide import MAX_ATTEMPTS, set_aside
from harness.judging.deviations import Deviations
from harness.judging.finding import build_finding, needs_another, trials_of
from harness.judging.proof import cell_proof
from harness.processes.keeper_client import Keeper
from harness.run.attempt import (
    NOT_PLAYED,
    Plan,
    beside_others,
    disturbed,
    error_attempt,
    perform,
    unsupported_attempt,
)
from harness.run.calibrating import Calibrating
from harness.run.complaint import canary_verdict
from harness.run.machine_lock import MachineLock
from harness.run.options import RunOptions
from harness.run.planned import may_begin_beside
from harness.run.scenario import Scenario
from harness.run.server_fault import struck
from harness.run.server_log import keep_server_log
from harness.run.servers import Servers
from harness.sabotage.sabotage import Sabotage, ServerFault
from harness.server.config import merged
from harness.server.model import (
    NotConfigurableError,
    RunningServer,
    RunningToxiproxy,
    ServerConfig,
    ServerError,
)
from harness.stage.stage import StageSetup

MORE_IN_PROOF = 3
"""Attempts at a cell of a proof in place of those that the machine disturbed: one that it left open
would leave the whole of an hour open."""
LINE_WIDTH = 200
"""Of a server's last lines: one that quotes a session description has 17,000 characters."""


class Run:
    """Judges scenarios one after the other, and writes down what happens as it happens.

    `machine` says when: first attempts run beside those of other processes, where that can decide
    their clauses, and all others alone.
    """

    def __init__(
        self,
        *,
        options: RunOptions,
        folder: RunFolder,
        catalogue: Catalogue,
        deviations: Deviations,
        keeper: Keeper,
        servers: Servers,
        machine: MachineLock,
        calibrating: Calibrating,
        until_quiet: Callable[[], Awaitable[bool]],
    ) -> None:
        self._options = options
        self._folder = folder
        self._catalogue = catalogue
        self._deviations = deviations
        self._keeper = keeper
        self._servers = servers
        self._machine = machine
        self._calibrating = calibrating
        self._until_quiet = until_quiet
        self._rooms = 0

    async def judge(self, scenario: Scenario) -> list[Finding]:
        """Run a scenario as often as its clauses need, each time on a fresh stage.

        Returns:
            One finding for each of its clauses, in the order of declaration.
        """
        demands = scenario.demands
        clauses = [self._catalogue[name].under(demands.profile) for name in demands.clauses]
        if any(clause.timing for clause in clauses) and not scenario.proof:
            await self._calibrating.before()
        home = self._home(scenario)
        attempts: list[Attempt] = []
        again = self._prove_again if scenario.proof else _again
        while not attempts or again(scenario, clauses, attempts):
            attempts.append(await self._attempt(scenario, clauses, home, attempts))
        findings = [
            build_finding(
                clause,
                attempts,
                deviations=self._deviations,
                floor=self._calibrating.floor(clause),
            )
            for clause in clauses
        ]
        if scenario.canary is not None:
            self._folder.append(_canary_done(scenario, findings))
        for finding in findings:
            self._note(scenario, FindingMade(at_ns=now_ns(), finding=finding))
        if scenario.proof and _is_explained(scenario, findings):
            shutil.rmtree(self._folder.path / home)
        return findings

    def _prove_again(
        self, scenario: Scenario, clauses: Sequence[Clause], attempts: Sequence[Attempt]
    ) -> bool:
        """Only where it still matters: a named clause is open, or a FAIL of another was set aside.

        What is to starve is open while the machine alone may have kept it from a verdict. Known
        deviations fail in every cell and count in none. Not for ever: who has waited too long to
        be alone is beside others each time.
        """
        named = [one for one in clauses if one.id in scenario.must_fail]
        upset = sum(one.disturbance is not None and not one.beside for one in attempts)
        most = MAX_ATTEMPTS + min(upset, MORE_IN_PROOF)
        if _again(scenario, named, attempts, most=most):
            return True
        last = attempts[-1]
        if last.final or scenario.disturbs(last.disturbance or ""):
            return False
        starving = not scenario.must_starve.isdisjoint(one.id for one in clauses)
        if starving and last.disturbance and len(attempts) < most:
            return True
        return self._hides(clauses, last) and len(attempts) <= MAX_ATTEMPTS

    def _hides(self, clauses: Sequence[Clause], attempt: Attempt) -> bool:
        """Whether a FAIL of it does not count, because of the machine, that would be news."""
        return any(
            trial.result.verdict is Verdict.FAIL
            and set_aside(clause, trial) is not None
            and self._deviations.of(clause.id, attempt.cell, Verdict.FAIL) is None
            for clause in clauses
            for trial in trials_of(clause.id, [attempt])
        )

    def _home(self, scenario: Scenario) -> str:
        """Make a folder for the attempts at a scenario; several may be shortened to one name."""
        above = f"{scenario.sabotage.name}/" if scenario.proof and scenario.sabotage else ""
        above = "canary/" if scenario.canary else above
        slug = f"attempts/{above}{_slug(scenario.nodeid)}"
        name, number = slug, 1
        while True:
            try:
                (self._folder.path / name).mkdir(parents=True)
            except FileExistsError:
                number += 1
                name = f"{slug}-{number}"
            else:
                return name

    async def _attempt(
        self,
        scenario: Scenario,
        clauses: Sequence[Clause],
        home: str,
        before: Sequence[Attempt],
    ) -> Attempt:
        """One attempt, once the machine is free for it; in a proof once it is quiet, too.

        What disturbed the attempt before, a host that takes its time, lasts for a while.
        """
        alone = bool(before) or not may_begin_beside(
            scenario,
            clauses,
            sabotage=self._sabotage(scenario),
            deviations=self._deviations,
        )
        async with self._machine.turn(alone=alone) as turn:
            if scenario.proof and any(one.disturbance and not one.beside for one in before[-1:]):
                await self._until_quiet()
            attempt = await self._attempt_now(scenario, clauses, home, len(before) + 1)
            if turn.beside:
                attempt = beside_others(attempt)
        if problem := self._calibrating.clock_problem:
            attempt = disturbed(attempt, problem)
        self._note(scenario, AttemptFinished(at_ns=now_ns(), attempt=attempt))
        return attempt

    async def _attempt_now(
        self, scenario: Scenario, clauses: Sequence[Clause], home: str, number: int
    ) -> Attempt:
        """One attempt, whose server is replaced first if it died or was set up for another."""
        problem: Exception | None = None
        running: RunningServer | None = None
        toxiproxy: RunningToxiproxy | None = None
        try:
            config = _sabotaged(scenario.demands.server_config, self._sabotage(scenario))
            running = await asyncio.to_thread(self._servers.get, config)
            if scenario.demands.needs_toxiproxy:
                toxiproxy = await asyncio.to_thread(self._servers.toxiproxy)
        except (NotConfigurableError, ServerError) as error:
            problem = error
        version = running.server.version if running else "none"
        plan = Plan(
            scenario=scenario,
            clauses=clauses,
            number=number,
            cell=self._cell(scenario, version),
            folder=f"{home}/{number}",
        )
        self._note(
            scenario,
            AttemptStarted(
                at_ns=now_ns(),
                scenario=scenario.nodeid,
                number=number,
                cell=plan.cell,
                folder=plan.folder,
                clauses=scenario.demands.clauses,
            ),
        )
        if isinstance(problem, NotConfigurableError):
            return unsupported_attempt(plan, str(problem))
        if problem is not None or running is None:
            return disturbed(error_attempt(plan, str(problem)), NOT_PLAYED)
        setup = self._setup(plan, running)
        attempt = await self._play(plan, setup, running, toxiproxy)
        await asyncio.to_thread(keep_server_log, attempt, setup, running)
        return attempt

    def _note(self, scenario: Scenario, event: RunEvent) -> None:
        """Write it down; of a canary nothing but its end is."""
        if scenario.canary is None:
            self._folder.append(event)

    def _sabotage(self, scenario: Scenario) -> Sabotage | None:
        return scenario.sabotage or self._options.sabotage

    def _cell(self, scenario: Scenario, version: str) -> Cell:
        sabotage = self._sabotage(scenario)
        return Cell(
            server=version,
            profile=scenario.demands.profile,
            seed=self._options.seed,
            sabotage=sabotage.name if sabotage else None,
        )

    async def _play(
        self,
        plan: Plan,
        setup: StageSetup,
        running: RunningServer,
        toxiproxy: RunningToxiproxy | None,
    ) -> Attempt:
        if toxiproxy is not None:
            setup = replace(setup, toxiproxy=(toxiproxy.api_host, toxiproxy.api_port))
        sabotage = self._sabotage(plan.scenario)
        if sabotage is not None and sabotage.server_fault is not None:
            return await self._play_struck(plan, setup, running, sabotage.server_fault)
        attempt = await perform(plan, setup)
        if toxiproxy is not None and attempt.error is not None:
            # It may be what hangs; whoever needs one next gets a new one.
            await asyncio.to_thread(toxiproxy.stop)
        if not running.server.owned and (told := server_version(setup.folder)):
            self._servers.note_version(told)
            attempt = replace(attempt, cell=replace(attempt.cell, server=told))
        if running.alive():
            return attempt
        said = [textwrap.shorten(line, LINE_WIDTH) for line in running.log_lines()[-3:]]
        error = f"livekit-server ended; it said last: {' / '.join(said) or 'nothing'}"
        return replace(attempt, results=(), final=True, error=error)

    async def _play_struck(
        self, plan: Plan, setup: StageSetup, running: RunningServer, fault: ServerFault
    ) -> Attempt:
        """An attempt in which the server has a fault; nobody else gets that server."""
        try:
            async with struck(fault, running, setup.folder):
                attempt = await perform(plan, setup)
        except NotConfigurableError as error:
            attempt = unsupported_attempt(plan, str(error))
        except ServerError as error:
            attempt = disturbed(error_attempt(plan, str(error)), NOT_PLAYED)
        except Exception as error:  # of the fault: a performance keeps its own to itself
            why = f"the server's fault: {type(error).__name__}: {error}"
            attempt = disturbed(error_attempt(plan, why), NOT_PLAYED)
        finally:
            await asyncio.to_thread(self._servers.stop)
        return attempt

    def _setup(self, plan: Plan, running: RunningServer) -> StageSetup:
        self._rooms += 1
        sabotage = self._sabotage(plan.scenario)
        folder = self._folder.path / plan.folder
        folder.mkdir()
        return StageSetup(
            keeper=self._keeper,
            server=running.server,
            folder=folder,
            room=f"lk-harness-{self._folder.path.name[-6:]}-{self._options.worker}{self._rooms}",
            seed=self._options.seed,
            profile=plan.scenario.demands.network,
            beside=plan.scenario.demands.folder,
            impairments=sabotage.impairments if sabotage else (),
            interceptors=(
                *plan.scenario.demands.interceptors,
                *(sabotage.interceptors if sabotage else ()),
            ),
            tampers=sabotage.tampers if sabotage else (),
            ignores_grants=sabotage is not None and sabotage.ignores_grants,
            ledger_lies=sabotage is not None and sabotage.ledger_lies,
            ice_tcp=running.config.ice_tcp,
        )


def _sabotaged(config: ServerConfig, sabotage: Sabotage | None) -> ServerConfig:
    """What the server is started with under a sabotage."""
    if sabotage is None or not sabotage.server:
        return config
    return replace(config, options=merged(config.options, sabotage.server))


def _again(
    _: Scenario,
    clauses: Sequence[Clause],
    attempts: Sequence[Attempt],
    *,
    most: int = MAX_ATTEMPTS,
) -> bool:
    """A program that died is a finding; to try until it survives would hide it."""
    return not attempts[-1].final and needs_another(clauses, attempts, most=most) is not None


def _is_explained(scenario: Scenario, findings: Sequence[Finding]) -> bool:
    """Whether nobody need look at the recordings of a proof."""
    if scenario.canary is not None:
        return canary_verdict(findings, scenario.canary) is Verdict.FAIL
    return scenario.sabotage is not None and cell_proof(findings, scenario.sabotage).as_declared


def _canary_done(scenario: Scenario, findings: Sequence[Finding]) -> CanaryDone:
    finding = next(one for one in findings if one.clause == scenario.canary)
    return CanaryDone(
        at_ns=now_ns(),
        sabotage=scenario.sabotage.name if scenario.sabotage else "",
        clause=finding.clause,
        scenario=scenario.nodeid,
        verdict=finding.verdict,
        reason=finding.reason,
    )


def _slug(nodeid: str) -> str:
    """A node id as the name of a folder: `muting-test_microphone.py-test_…`."""
    return re.sub(r"[^\w.-]+", "-", nodeid.removeprefix("scenarios/")).strip("-")[-120:]
