"""The hooks of a run of pytest that has scenarios. What they do is in `harness.run`.

Apart from `harness.plugin`, because it imports half of the harness: a project without scenarios
does not pay for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import pytest
from _pytest.outcomes import Exit  # pytest.exit.Exception, which has no type

from harness.clauses.catalogue import CatalogueError, UnknownClauseError
from harness.evidence.clock import NS_PER_S, now_ns
from harness.evidence.finding import Finding
from harness.evidence.printable import printable
from harness.judging.deviations import DeviationError
from harness.judging.gate import GateError
from harness.judging.outcome import ExitCode
from harness.network.profile import ProfileError
from harness.plugin import LEFT_OUT, is_scenario
from harness.processes.keeper_client import KeeperError
from harness.prove_cells import CANARY, add_canary, leave_out_others, make_cells, scenario_of
from harness.report.flips_text import flips_line
from harness.report.github import tell_github
from harness.report.model import read_report
from harness.report.render import render, render_killed
from harness.report.stored_runs import stored_runs
from harness.report.terminal import summary
from harness.run.complaint import canary_verdict, complaint_of
from harness.run.exit_code import exit_code, why_ended
from harness.run.progress import Ended, canary_ended, cell_ended, ended
from harness.run.proving import Proving, ProvingError, split_cell
from harness.run.scenario import Body, Demands
from harness.run.session import RunSession
from harness.run.termination import interrupt_on_termination
from harness.run_display import FIRST_WORKER, Display
from harness.run_options import FOLDER, SEED, demands_of, run_options, worker_of
from harness.sabotage.registry import UnknownSabotage
from harness.server.model import ServerError

MISTAKES = (
    CatalogueError, DeviationError, GateError, ProvingError, UnknownSabotage, UnknownClauseError,
)  # fmt: skip
NO_START = (ServerError, KeeperError, OSError)
_ENDED_BY_ITSELF = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
_PREFIX = "livekit-harness: "
EXPLAINED = "lk_explained"
"""On a report: it failed, and findings say why."""
UNWRITTEN = "lk_unwritten"  # in what pytest-xdist tells of a process at its end
NO_RUN = "lk_no_run"
"""On a report: with it the run ended."""
SCENARIO = "lk_scenario"
"""On a report: it is of a scenario; once that is over, what is to be said about it."""


class ConformanceFailure(AssertionError):
    """A clause does not hold, or holds though it is listed as a known deviation."""


class NoVerdict(Exception):
    """A clause could not be judged: an ERROR, or a MUST that stayed INCONCLUSIVE."""


class CannotGoOn(Exit):
    """Ends pytest with a line of ours: it begins with the name of the class, as pytest shows it."""

    __module__ = "builtins"  # which is not shown
    __qualname__ = "livekit-harness"


class NoRun(Exception):
    """In a process of several: the run cannot go on."""


_MARKED = (((ConformanceFailure, NoVerdict), EXPLAINED), ((NoRun,), NO_RUN))
End = Callable[[str], NoReturn]
"""Ends the run; told why."""


class ScenarioContext:
    """What the fixture of a scenario gives to its wrapper."""

    def __init__(self, session: RunSession, item: pytest.Item, end: End) -> None:
        self.scenario = scenario_of(item, session)
        self.findings: list[Finding] = []
        self.started_ns = now_ns()
        self.waited_ns = 0
        self._session = session
        self._end = end

    async def judge(self, body: Body) -> None:
        """Run the scenario to its findings, and end the test as they say."""
        __tracebackhide__ = True
        run = self._session.open()
        waited_ns = self._session.waited_ns
        try:
            self.findings = await run.judge(replace(self.scenario, body=body))
        except OSError as error:  # a scenario's own is a finding: this is the run folder's
            self._end(str(error))
        finally:
            self.waited_ns = self._session.waited_ns - waited_ns
        catalogue, gate = self._session.catalogue, self._session.options.gate
        found = complaint_of(self.scenario, self.findings, catalogue, gate)
        if found is None:
            return
        said = printable(found.text)  # pytest prints it as it is
        match found.kind:
            case "failed":
                raise ConformanceFailure(said)
            case "error" | "inconclusive":
                raise NoVerdict(said)
        (pytest.xfail if found.kind == "deviation" else pytest.skip)(said)


class RunHooks:
    """The hooks of one run of pytest, with what they share."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._display = Display(config)
        try:
            self._session = RunSession(run_options(config), say=self._display.say)
        except MISTAKES as mistake:
            raise pytest.UsageError(str(mistake)) from None
        self._context: ScenarioContext | None = None
        self._explained = 0
        self._no_run = False
        self._interrupted = False
        self._end_why = ""
        self._unwritten = ""

    def context_of(self, item: pytest.Item) -> ScenarioContext:
        """Start the run if this is its first scenario, after what killed runs left undone."""
        options = self._session.options
        if self._session.folder is None and options.worker in ("", FIRST_WORKER):
            render_killed(options.reports)
        interrupt_on_termination()
        context = ScenarioContext(self._session, item, partial(self._end, item.session))
        try:
            self._session.open(context.scenario)
        except NO_START as error:
            self._end(item.session, str(error))
        self._context = context
        return context

    def _end(self, session: pytest.Session, why: str) -> NoReturn:
        """End the run at once; that of several processes as pytest-xdist allows it."""
        self._end_why = why
        if not worker_of(self._config):
            raise CannotGoOn(why, returncode=ExitCode.ERROR)
        session.shouldstop = f"{_PREFIX}{why}"
        raise NoRun(session.shouldstop)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Refuse clauses and profiles that are not there before anything runs."""
        scenarios = [item for item in session.items if is_scenario(item)]
        self._display.total = len(scenarios)
        if scenarios and len(scenarios) == len(session.items):
            self._display.hide_files()
        for item in scenarios:
            try:
                self._check(demands_of(item))
            except (UnknownClauseError, ProfileError) as error:
                raise pytest.UsageError(f"{item.nodeid}: {error}{self._no_settings()}") from None
            self._session.plan(scenario_of(item, self._session))
        for item in self._config.stash.get(LEFT_OUT, []):
            if item.get_closest_marker("long"):
                self._session.long.update(demands_of(item).clauses)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Now something will run: let it be followed.

        Whether it was interrupted is noted, as pytest loses that when it is interrupted once more.
        """
        if not session.config.option.collectonly:
            self._display.follow(self._session.announce_folder())
        try:
            return (yield)
        except KeyboardInterrupt:
            self._interrupted = True
            raise

    def pytest_unconfigure(self) -> None:
        """Nobody follows any more."""
        self._display.close()

    def _no_settings(self) -> str:
        """Pytest looks for its settings in the folders above what it is asked to run."""
        where = " (pytest found no settings, which name clauses of yours: start it beside them)"
        return "" if self._config.inipath is not None else where

    def _check(self, demands: Demands) -> None:
        for clause in demands.clauses:
            self._session.catalogue[clause]
        _ = demands.network

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        """Show what runs now."""
        self._context = None
        if is_scenario(item):
            self._display.begins(item.nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Mark a failure that is explained by findings, and add what is to be told at the end."""
        report = yield
        if call.excinfo is not None:
            for kinds, mark in _MARKED:
                if call.excinfo.errisinstance(kinds):
                    report.longrepr = str(call.excinfo.value)
                    setattr(report, mark, True)
        if report.skipped and self._context is not None and isinstance(report.longrepr, tuple):
            # pytest says where skip() was called; whoever reads the summary wants the scenario
            path, line = item.reportinfo()[:2]
            report.longrepr = (str(path), line or 0, report.longrepr[2])
        if (context := self._context) is not None:
            over = call.when == "teardown"
            setattr(report, SCENARIO, self._told_of(context) if over else None)
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count the failures that findings explain, and say what ended, in whatever process."""
        self._explained += report.failed and getattr(report, EXPLAINED, False)
        if hasattr(report, NO_RUN):
            self._no_run = True
            self._end_why = self._end_why or str(report.longrepr).removeprefix(_PREFIX)
        if hasattr(report, SCENARIO):
            interrupt_on_termination()
        if not hasattr(report, SCENARIO) or worker_of(self._config):
            return
        told = getattr(report, SCENARIO)
        if told is not None:
            self._display.ended(report.nodeid, msgspec.convert(told, Ended))
        elif report.when == "setup":  # in whatever process; by now the run has begun
            self._display.begins(report.nodeid)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """It runs no more."""
        self._display.leaves(nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_report_teststatus(
        self, report: pytest.TestReport
    ) -> Generator[None, tuple[str, str, object], tuple[str, str, object]]:
        """No letters between the lines about scenarios."""
        category, letter, word = yield
        if report.when not in ("setup", "teardown") and hasattr(report, SCENARIO):
            return category, "", word
        return category, letter, word

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """How many there are, until a process tells how many of them are scenarios."""
        self._display.total = self._display.total or len(ids)

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str, report: pytest.TestReport) -> None:
        """A process of pytest-xdist died under a scenario: its ERROR, and the run goes on."""
        why = "the process of pytest that ran the scenario died"
        scenario, cell = split_cell(crashitem, self._proving.names if self._proving else ())
        findings: list[Finding] = []
        with self._noted():
            findings = self._session.note_crash(scenario, why, sabotage=cell)
        if not findings:
            if crashitem.endswith(f"[{CANARY}]"):  # the end of the run says so of it
                setattr(report, EXPLAINED, True)
            return
        found = self._session.complaint(findings)
        report.longrepr = printable(found.text) if found else why
        setattr(report, EXPLAINED, True)
        setattr(report, SCENARIO, self._told(scenario, findings, seconds=0.0, cell=cell))

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(
        self, session: pytest.Session, exitstatus: int
    ) -> Generator[None, None, None]:
        """Calibrate before pytest-xdist tells that a process is done; then end the run."""
        if exitstatus in _ENDED_BY_ITSELF and not self._no_run:
            with suppress(KeyboardInterrupt), self._noted():  # there are verdicts to report
                self._session.calibrate_after()
        yield
        self._end_run(session, exitstatus)

    def _end_run(self, session: pytest.Session, exitstatus: int) -> None:
        """End all processes, write the report, decide the exit code."""
        with self._noted():
            self._session.close()
        if self._no_run:
            session.exitstatus = exitstatus = ExitCode.ERROR
        folder = self._session.folder
        if folder is not None and not worker_of(self._config):
            with self._noted():
                others_failed = session.testsfailed > self._explained
                session.exitstatus = self._finish(folder.path, int(exitstatus), others_failed)
        if self._unwritten:
            session.exitstatus = ExitCode.ERROR
            getattr(self._config, "workeroutput", {})[UNWRITTEN] = self._unwritten

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401 - of pytest-xdist
        """Hear what a process could not write; one that died tells nothing."""
        self._unwritten = self._unwritten or getattr(node, "workeroutput", {}).get(UNWRITTEN, "")

    @contextmanager
    def _noted(self) -> Iterator[None]:
        """What cannot be written, or read again, is told at the end, which comes all the same."""
        try:
            yield
        except OSError as error:
            self._unwritten = self._unwritten or str(error)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """What a person must know."""
        folder = self._session.folder
        if folder is not None and not worker_of(self._config):
            with self._noted():
                report = read_report(folder.path)
                flips = flips_line(stored_runs(folder.path.parent))
                terminalreporter.section("LiveKit conformance")
                terminalreporter.write(summary(report, flips=flips))
                for line in tell_github(report, environ=os.environ, root=self._config.rootpath):
                    terminalreporter.write_line(line)
        if self._unwritten:
            terminalreporter.write_line(f"livekit-harness: no whole report: {self._unwritten}")

    def make_cells(self, metafunc: pytest.Metafunc) -> None:
        """In a proof: make a scenario one for each sabotage that it is played under."""
        if self._proving is not None:
            self._session.judged.update(make_cells(metafunc, self._proving))

    def in_order(self, items: list[pytest.Item]) -> None:
        """In one of several processes: first what must run alone, so that the others wait once."""
        if self._proving is not None:
            leave_out_others(self._config, items, self._proving)
            return
        add_canary(self._config, items, self._session)
        if worker_of(self._config):
            beside = self._session.may_run_beside
            items.sort(key=lambda item: not is_scenario(item) or beside(demands_of(item)))

    @property
    def _proving(self) -> Proving | None:
        return self._session.options.proving

    def introduce(self, node: Any) -> None:  # noqa: ANN401 - of pytest-xdist
        """Tell a process of pytest-xdist which run it is part of."""
        node.workerinput[FOLDER] = str(self._session.announce_folder())
        node.workerinput[SEED] = self._session.options.seed
        self._display.processes = node.workerinput["workercount"]

    def _finish(self, folder: Path, pytest_code: int, others_failed: bool) -> int:
        """Write the report; returns the exit code, which is part of it."""
        if self._interrupted and pytest_code in _ENDED_BY_ITSELF:  # by a second interrupt
            pytest_code = pytest.ExitCode.INTERRUPTED
        report = read_report(folder, ending=pytest_code in _ENDED_BY_ITSELF)
        code = exit_code(pytest_code, report.judged, others_failed=others_failed)
        code = ExitCode.ERROR if self._unwritten else code
        why = self._end_why or self._unwritten or why_ended(code, report.outcome)
        self._session.finish(code, why)
        render(folder)
        return code

    def _told(
        self, scenario: str, findings: Sequence[Finding], *, seconds: float, cell: str | None = None
    ) -> object:
        """What is to be said about a scenario that is over, as values that pass to xdist."""
        total = self._display.total
        if cell is not None and self._proving is not None:
            broken = self._proving.sabotage(cell)
            said = cell_ended(scenario, broken, findings, seconds=seconds, total=total)
        else:
            failed = any(map(self._session.is_failure, findings))
            said = ended(scenario, findings, seconds=seconds, failed=failed, total=total)
        return msgspec.to_builtins(said)

    def _told_of(self, context: ScenarioContext) -> object:
        seconds = (now_ns() - context.started_ns - context.waited_ns) / NS_PER_S
        scenario, findings = context.scenario, context.findings
        if scenario.canary is not None:
            verdict = canary_verdict(findings, scenario.canary)
            said = canary_ended(verdict, seconds=seconds, total=self._display.total)
            return msgspec.to_builtins(said)
        cell = scenario.sabotage.name if scenario.sabotage else None
        return self._told(scenario.nodeid, findings, seconds=seconds, cell=cell)
