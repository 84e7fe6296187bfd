from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from harness.evidence.finding import Cell, Verdict
from harness.evidence.run_event import (
    AttemptStarted,
    CalibrationDone,
    FindingMade,
    PlannedCell,
    RunFinished,
    RunStarted,
)
from harness.evidence.run_events import read_events, read_start
from harness.judging.gate import GateError, parse_gate
from harness.processes.keeper_client import Keeper
from harness.report.model import read_report
from harness.run import session as session_module
from harness.run.calibrating import Calibrating
from harness.run.options import RunOptions
from harness.run.scenario import Demands, Scenario
from harness.run.session import RunSession
from harness.sabotage.registry import SABOTAGES
from harness.server.choose import Choice, Wanted
from harness.server.model import Progress, ServerError
from harness.stage.preload import PRELOAD
from harness.stage.stage import StageSetup

if TYPE_CHECKING:
    from tests.run.conftest import FakeBackend


class FakeKeeper:
    """Stands at the seam `Keeper.start`: a keeper without a process."""

    def __init__(self) -> None:
        self.starts = 0
        self.closes = 0

    def start(self, *, preload: tuple[str, ...], log: Path) -> Keeper:
        assert preload == PRELOAD
        assert log.parent.is_dir()
        self.starts += 1
        return cast("Keeper", self)

    def close(self) -> None:
        self.closes += 1


@pytest.fixture
def keeper(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> FakeKeeper:
    def choose(wanted: Wanted, say: Progress) -> Choice:
        backend.prepare(say)
        return Choice(backend=backend, reason="it was asked for")

    keeper = FakeKeeper()
    monkeypatch.setattr(session_module, "runtime_folder", lambda: tmp_path_factory.mktemp("lock"))
    monkeypatch.setattr(session_module, "choose", choose)
    monkeypatch.setattr(session_module, "Keeper", keeper)
    return keeper


class Session(RunSession):
    """A session with its options filled in; what it says is kept."""

    def __init__(self, root: Path, **options: object) -> None:
        self.said: list[str] = []
        given: dict[str, object] = {
            "seed": 81, "reports": root / "reports", "command": ("pytest", "-q"),
            "server": Wanted(), **options,
        }  # fmt: skip
        super().__init__(RunOptions(**given), say=self.said.append)  # type: ignore[arg-type]


def test_nothing_is_made_before_a_scenario_asks(tmp_path: Path, keeper: FakeKeeper) -> None:
    session = Session(tmp_path)
    session.close()

    assert session.folder is None
    assert not list(tmp_path.iterdir())
    assert keeper.starts == 0


def test_the_first_call_starts_everything_once(
    tmp_path: Path, keeper: FakeKeeper, backend: FakeBackend
) -> None:
    session = Session(tmp_path)

    assert session.open() is session.open()
    assert (keeper.starts, len(backend.started)) == (1, 1)
    assert session.said == ["nothing to prepare", "livekit-server from it was asked for"]


def test_a_scenario_that_begins_is_noted_before_anything_is_started_for_it(
    tmp_path: Path, keeper: FakeKeeper
) -> None:
    session = Session(tmp_path)
    demands = Demands(clauses=("MUTE-002",), profile="clean")

    async def body() -> None:
        raise NotImplementedError

    scenario = Scenario(nodeid="test_x.py::test_x", demands=demands, body=body)
    canary = replace(scenario, canary="MUTE-002")
    session.plan(scenario)
    session.plan(canary)
    session.open(scenario)
    session.open(canary)
    folder = session.open_folder().path
    assert folder == session.announce_folder()
    start, begun, *_ = read_events(folder).events
    assert isinstance(start, RunStarted)
    assert start.cells == (PlannedCell(scenario=scenario.nodeid, beside=True),)
    assert [told.name for told in start.networks] == ["clean"]
    assert isinstance(begun, AttemptStarted)
    assert (begun.number, begun.scenario, begun.clauses) == (0, scenario.nodeid, ("MUTE-002",))
    assert len(read_events(folder).of(AttemptStarted)) == 1, "a canary is not told of"
    (cut,) = read_report(folder).cut
    assert cut.why == "cut before its first attempt"


def test_a_run_says_first_where_it_comes_from(tmp_path: Path, keeper: FakeKeeper) -> None:
    session = Session(tmp_path, sabotage=SABOTAGES["swap-tracks"])
    session.open()
    started = read_events(session.open_folder().path).events[0]

    assert isinstance(started, RunStarted)
    assert (started.seed, started.command, started.backend) == (81, ("pytest", "-q"), "binary")
    assert started.sabotage == "swap-tracks"
    assert started.breaks == SABOTAGES["swap-tracks"].breaks
    assert {row["id"] for row in started.clauses} == set(session.catalogue)
    assert started.versions.keys() >= {"livekit-harness", "livekit"}
    assert started.machine.keys() == {"system", "processor", "cores", "memory", "python"}


def test_a_run_says_what_else_keeps_its_machine_busy(tmp_path: Path, keeper: FakeKeeper) -> None:
    session = Session(tmp_path, load="one core kept busy")
    session.open()
    started = read_start(session.open_folder().path)

    assert started is not None
    assert started.machine["load"] == "one core kept busy"


def test_a_run_says_what_gates_and_which_server_was_asked_for(
    tmp_path: Path, keeper: FakeKeeper
) -> None:
    wanted = Wanted(server_version="1.14.0")
    session = Session(tmp_path, gate=parse_gate("must,-lat"), server=wanted)
    session.open()
    started = read_start(session.open_folder().path)

    assert started is not None
    assert started.gate == "MUST,-LAT"
    assert started.server_options == ("--lk-backend=binary", "--lk-server-version=1.14.0")


def test_a_gate_that_names_what_is_not_there_is_refused(tmp_path: Path, keeper: FakeKeeper) -> None:
    with pytest.raises(GateError, match="XYZ"):
        Session(tmp_path, gate=parse_gate("XYZ"))


def test_a_run_without_a_server_says_where_it_comes_from_too(
    tmp_path: Path, keeper: FakeKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def choose(wanted: Wanted, say: Progress) -> Choice:
        raise ServerError("no livekit-server can be had")

    monkeypatch.setattr(session_module, "choose", choose)
    session = Session(tmp_path, server=Wanted(backend="binary"))
    with pytest.raises(ServerError):
        session.open()
    [started] = read_events(session.open_folder().path).events

    assert isinstance(started, RunStarted)
    assert (started.seed, started.backend) == (81, "binary")
    assert keeper.starts == 0


def test_closing_ends_server_and_keeper_once(
    tmp_path: Path, keeper: FakeKeeper, backend: FakeBackend
) -> None:
    session = Session(tmp_path)
    session.open()
    session.close()
    session.close()

    assert (backend.started[0].stops, keeper.closes) == (1, 1)


def test_a_server_that_does_not_start_leaves_no_keeper(
    tmp_path: Path, keeper: FakeKeeper, backend: FakeBackend
) -> None:
    backend.problems = [ServerError("it exits at once")]
    session = Session(tmp_path)
    with pytest.raises(ServerError, match="it exits at once"):
        session.open()
    session.close()

    assert (keeper.starts, keeper.closes) == (1, 1)


def test_a_server_that_does_not_stop_keeps_no_keeper_alive(
    tmp_path: Path, keeper: FakeKeeper, backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop() -> None:
        raise OSError("no")

    session = Session(tmp_path)
    session.open()
    monkeypatch.setattr(backend.started[0], "stop", stop)
    with pytest.raises(OSError, match="no"):
        session.close()

    assert keeper.closes == 1


def test_a_run_ends_with_its_exit_code_and_what_it_waited_for_others(
    tmp_path: Path, keeper: FakeKeeper, backend: FakeBackend
) -> None:
    session = Session(tmp_path)
    session.open()
    assert session._machine is not None
    session._machine.waited_ns = 61_500_000_000
    session.close()
    session.finish(11, "INCONCLUSIVE")
    last = read_events(session.open_folder().path).events[-1]

    assert isinstance(last, RunFinished)
    assert (last.exit_code, last.reason, last.waited_s) == (11, "INCONCLUSIVE", 61.5)


def test_processes_of_a_run_share_a_folder_that_the_first_to_need_it_makes(
    tmp_path: Path, keeper: FakeKeeper
) -> None:
    main = Session(tmp_path)
    path = main.announce_folder()
    assert main.announce_folder() == path
    assert not path.parent.exists()
    for worker in ("gw0", "gw1"):
        part = Session(tmp_path, part_of=path, worker=worker)
        part.open()
        part.close()
    main.close()
    main.finish(0, "all holds")

    assert {file.name for file in path.glob("events*")} == {
        "events-gw0.ndjson", "events-gw1.ndjson", "events.ndjson",
    }  # fmt: skip
    assert len(read_events(path).of(RunStarted)) == 2
    assert isinstance(read_events(path).events[-1], RunFinished)


def test_a_folder_that_nobody_needed_is_not_made(tmp_path: Path, keeper: FakeKeeper) -> None:
    main = Session(tmp_path)
    main.announce_folder()
    main.close()

    assert main.folder is None
    assert not list(tmp_path.iterdir())


def test_own_clauses_and_deviations_are_taken_in(tmp_path: Path, keeper: FakeKeeper) -> None:
    own, listed = tmp_path / "own.toml", tmp_path / "deviations.toml"
    own.write_text(
        """
        [OWN-001]
        statement = "It holds."
        level = "MUST"
        source = "ours"
        evidence = ["decoded"]
        measures = "whether it holds"
        unit = "bool"
        limit = { min = 1 }
        limit_source = "ours"
        """
    )
    listed.write_text(
        '[[deviation]]\nid = "D-1"\nclause = "OWN-001"\nreason = "known"\nlink = "none"\n'
    )
    session = Session(tmp_path, catalogues=(own,), deviations=(listed,))

    assert session.catalogue["OWN-001"].statement == "It holds."
    assert "MUTE-001" in session.catalogue
    assert [entry.id for entry in session.deviations.entries] == ["D-1"]


def test_a_run_that_gets_no_server_says_what_it_wanted(
    tmp_path: Path, keeper: FakeKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def choose(wanted: Wanted, say: Progress) -> Choice:
        raise ServerError("there is none")

    monkeypatch.setattr(session_module, "choose", choose)
    session = Session(tmp_path, server=Wanted(backend="container"))
    with pytest.raises(ServerError, match="there is none"):
        session.open()
    [started] = read_events(session.open_folder().path).events

    assert isinstance(started, RunStarted)
    assert started.backend == "container"
    assert keeper.starts == 0


def test_a_scenario_whose_process_died_is_judged_where_the_run_is(
    tmp_path: Path, keeper: FakeKeeper
) -> None:
    main = Session(tmp_path)
    path = main.announce_folder()
    assert main.note_crash("own.py::test_it", "it died") == []
    part = Session(tmp_path, part_of=path, worker="gw0")
    begun = AttemptStarted(
        at_ns=1,
        scenario="own.py::test_it",
        number=1,
        cell=Cell(server="1.13.5"),
        folder="attempts/own/1",
        clauses=("MUTE-001",),
    )
    part.open_folder().append(begun)
    [finding] = main.note_crash("own.py::test_it", "it died")

    assert (finding.clause, finding.verdict) == ("MUTE-001", Verdict.ERROR)
    assert read_events(path).of(FindingMade)[0].finding == finding


def test_what_may_run_beside_others_is_known_before_anything_runs(
    tmp_path: Path, keeper: FakeKeeper
) -> None:
    listed = tmp_path / "deviations.toml"
    listed.write_text(
        '[[deviation]]\nid = "D-1"\nclause = "MUTE-005"\nreason = "known"\nlink = "none"\n'
    )
    session = Session(tmp_path, deviations=(listed,))

    assert session.may_run_beside(Demands(clauses=("MUTE-001",)))
    assert not session.may_run_beside(Demands(clauses=("MUTE-001", "MUTE-005")))
    assert session.may_run_beside(Demands(clauses=("MUTE-001", "no such clause")))


def test_an_open_session_counts_what_it_waited(tmp_path: Path, keeper: FakeKeeper) -> None:
    session = Session(tmp_path)
    assert session.waited_ns == 0
    session.open()
    assert session.waited_ns == 0


def test_a_run_without_times_ends_without_a_calibration(
    tmp_path: Path, keeper: FakeKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def calibrate(setup: StageSetup, *, when: str) -> CalibrationDone:
        raise AssertionError("no time was measured")

    monkeypatch.setattr(session_module, "calibrate", calibrate)
    session = Session(tmp_path)
    session.calibrate_after()
    session.open()
    session.calibrate_after()
    session.close()

    assert not read_events(session.open_folder().path).of(CalibrationDone)


def calibrating(session: Session) -> Calibrating:
    """What a scenario about a time asks."""
    session.open()
    assert session._calibrating is not None
    return session._calibrating


def test_a_run_that_measured_times_is_calibrated_at_its_end(
    tmp_path: Path, keeper: FakeKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    setups = []

    async def calibrate(setup: StageSetup, *, when: str) -> CalibrationDone:
        setups.append(setup)
        return CalibrationDone(at_ns=1, when=when, took_s=4.0)

    monkeypatch.setattr(session_module, "calibrate", calibrate)
    session = Session(tmp_path)
    asyncio.run(calibrating(session).before())
    session.calibrate_after()
    session.close()

    folder = session.open_folder().path
    assert [done.when for done in read_events(folder).of(CalibrationDone)] == ["before", "after"]
    assert [setup.folder.name for setup in setups] == ["calibration-before", "calibration-after"]
    assert len({setup.room for setup in setups}) == 2
    assert session.waited_ns > 0
