from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from harness.evidence.finding import Attempt, Verdict
from harness.evidence.measurement import Measurement
from harness.evidence.run_event import (
    AttemptFinished,
    AttemptStarted,
    CalibrationDone,
    FindingMade,
    VersionSeen,
)
from harness.evidence.run_events import read_events
from harness.evidence.signalling import FILE_NAME, SignallingMessage
from harness.run import run as run_module
from harness.run import server_fault
from harness.run.attempt import Plan, error_attempt
from harness.sabotage.registry import SABOTAGES
from harness.sabotage.sabotage import Sabotage, ServerFault
from harness.server.model import NotConfigurableError, ServerConfig, ServerError
from tests.run.playing import (
    FAILS,
    HOLDS,
    UNCERTAIN,
    Player,
    brief,
    finished,
    measured,
    new_run,
)  # fmt: skip

if TYPE_CHECKING:
    from harness.stage.stage import StageSetup
    from tests.run.conftest import FakeBackend, Make


@pytest.fixture
def player(monkeypatch: pytest.MonkeyPatch) -> Player:
    player = Player()
    monkeypatch.setattr(run_module, "perform", player.perform)
    return player


@pytest.mark.asyncio
async def test_a_clear_attempt_is_enough_and_all_of_it_is_written_down(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path
) -> None:
    player.will_measure(measured(HOLDS))
    findings = await new_run(make, backend, tmp_path).judge(make.scenario("OWN-002", "OWN-001"))
    events = read_events(tmp_path)

    assert brief(findings) == [("OWN-002", Verdict.PASS, 1), ("OWN-001", Verdict.PASS, 1)]
    assert [one.finding for one in events.of(FindingMade)] == findings
    [started], [ended] = events.of(AttemptStarted), events.of(AttemptFinished)
    assert started.clauses == ("OWN-002", "OWN-001")
    assert started.folder == "attempts/muting-test_microphone.py-test_silence/1"
    assert (started.cell.server, started.cell.seed, started.cell.profile) == ("1.13.5", 81, "clean")
    assert ended.attempt.number == started.number == 1


@pytest.mark.asyncio
async def test_what_is_open_is_tried_again_each_time_in_a_folder_and_a_room_of_its_own(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path
) -> None:
    player.will_measure(UNCERTAIN, UNCERTAIN, UNCERTAIN)
    findings = await new_run(make, backend, tmp_path).judge(make.scenario("OWN-001"))

    assert brief(findings) == [("OWN-001", Verdict.INCONCLUSIVE, 3)]
    assert [setup.folder.name for setup in player.setups] == ["1", "2", "3"]
    assert len({setup.room for setup in player.setups}) == 3
    assert len(backend.started) == 1


@pytest.mark.asyncio
async def test_scenarios_whose_names_are_shortened_alike_keep_apart(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path
) -> None:
    run = new_run(make, backend, tmp_path)
    for nodeid in ("own.py::test_it[a b]", "own.py::test_it[a/b]", "own.py::test_it[a b]"):
        player.will_measure(measured(HOLDS))
        await run.judge(replace(make.scenario("OWN-001"), nodeid=nodeid))

    assert [str(setup.folder.relative_to(tmp_path)) for setup in player.setups] == [
        "attempts/own.py-test_it-a-b/1",
        "attempts/own.py-test_it-a-b-2/1",
        "attempts/own.py-test_it-a-b-3/1",
    ]


@pytest.mark.asyncio
async def test_a_failure_is_not_tried_away(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path
) -> None:
    player.will_measure(UNCERTAIN, measured(FAILS))
    findings = await new_run(make, backend, tmp_path).judge(make.scenario("OWN-001"))

    assert brief(findings) == [("OWN-001", Verdict.FAIL, 2)]


@pytest.mark.asyncio
async def test_a_program_that_died_is_not_tried_until_it_survives(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path
) -> None:
    player.script = [lambda plan: error_attempt(plan, "participant bob died", final=True)]
    findings = await new_run(make, backend, tmp_path).judge(make.scenario("OWN-001"))

    assert brief(findings) == [("OWN-001", Verdict.ERROR, 1)]
    assert findings[0].reason == "participant bob died"


@pytest.mark.asyncio
async def test_a_server_that_dies_is_the_error_of_that_scenario_alone(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path
) -> None:
    def crash(plan: Plan) -> Attempt:
        backend.started[0].running = False
        backend.started[0].said = ["one", "panic: here", "goroutine 1", "exit"]
        return finished(plan, measured(HOLDS))

    run = new_run(make, backend, tmp_path)
    player.script = [crash]
    first = await run.judge(make.scenario("OWN-001"))
    player.will_measure(measured(HOLDS))
    second = await run.judge(replace(make.scenario("OWN-002"), nodeid="next.py::test_it"))

    assert brief(first) == [("OWN-001", Verdict.ERROR, 1)]
    assert first[0].reason == (
        "livekit-server ended; it said last: panic: here / goroutine 1 / exit"
    )
    assert brief(second) == [("OWN-002", Verdict.PASS, 1)]
    assert len(backend.started) == 2


@pytest.mark.asyncio
async def test_a_server_that_cannot_be_configured_is_unsupported(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path
) -> None:
    backend.problems = [NotConfigurableError("wss://x is not ours to configure")]
    findings = await new_run(make, backend, tmp_path).judge(make.scenario("OWN-001"))

    assert brief(findings) == [("OWN-001", Verdict.UNSUPPORTED, 1)]
    assert findings[0].cell.server == "none"
    assert "not ours" in findings[0].reason


@pytest.mark.asyncio
async def test_a_server_that_does_not_come_back_is_an_error(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path
) -> None:
    backend.problems = [ServerError("the port is busy")] * 3
    findings = await new_run(make, backend, tmp_path).judge(make.scenario("OWN-001"))

    assert brief(findings) == [("OWN-001", Verdict.ERROR, 3)]
    assert "the port is busy" in findings[0].reason
    assert findings[0].disturbed, "nothing was broken but our own server"


@pytest.mark.asyncio
async def test_a_foreign_server_tells_its_version_to_the_first_who_joins(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path
) -> None:
    def join(plan: Plan) -> Attempt:
        told = SignallingMessage(
            at_ns=1,
            participant="alice",
            direction="server",
            kind="join",
            bytes=9,
            details={"server_version": "1.14.0"},
        )
        (tmp_path / plan.folder / FILE_NAME).write_bytes(msgspec.json.encode(told) + b"\n")
        return finished(plan, measured(HOLDS))

    backend.owned, backend.versions = False, ["unknown"]
    player.script = [join]
    [finding] = await new_run(make, backend, tmp_path).judge(make.scenario("OWN-001"))

    assert finding.cell.server == "1.14.0"
    assert [one.version for one in read_events(tmp_path).of(VersionSeen)][-1] == "1.14.0"


@pytest.mark.asyncio
async def test_profile_and_sabotage_act_together(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path
) -> None:
    drop, swap = SABOTAGES["drop-video-down"], SABOTAGES["swap-tracks"]
    for number, sabotage in enumerate([drop, swap, None]):
        player.will_measure(measured(HOLDS))
        folder = tmp_path / str(number)
        folder.mkdir()
        run = new_run(make, backend, folder, sabotage=sabotage)
        await run.judge(make.scenario("OWN-001", profile="lossy-downlink"))

    assert {setup.profile.name for setup in player.setups} == {"lossy-downlink"}
    assert [tuple(s.impairments) for s in player.setups] == [drop.impairments, (), ()]
    assert [s.interceptors for s in player.setups] == [(), swap.interceptors, ()]
    cells = [
        read_events(tmp_path / str(number)).of(AttemptStarted)[0].cell.sabotage
        for number in range(3)
    ]
    assert cells == ["drop-video-down", "swap-tracks", None]


@pytest.mark.asyncio
async def test_a_sabotage_acts_in_participants_ledger_and_server(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path
) -> None:
    all_at_once = Sabotage(
        name="all", breaks="x", tampers=("m:f",), ledger_lies=True, ignores_grants=True,
        server={"room": {"a": 2}},
    )  # fmt: skip
    plain = make.scenario("OWN-001")
    config = ServerConfig(options={"room": {"a": 1, "b": 1}})
    own = replace(plain, demands=replace(plain.demands, server=config))
    run = new_run(make, backend, tmp_path)
    player.will_measure(measured(HOLDS), measured(HOLDS))
    await run.judge(replace(own, sabotage=all_at_once))
    await run.judge(own)

    assert [s.tampers for s in player.setups] == [("m:f",), ()]
    assert [s.ledger_lies for s in player.setups] == [True, False]
    assert [s.ignores_grants for s in player.setups] == [True, False]
    assert [server.config.options for server in backend.started] == [
        {"room": {"a": 2, "b": 1}},
        {"room": {"a": 1, "b": 1}},
    ]


@pytest.mark.asyncio
async def test_a_server_with_a_fault_is_judged_and_not_used_again(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path
) -> None:
    kill = Sabotage(name="kill", breaks="x", server_fault=ServerFault(how="kill"))

    def dies(plan: Plan) -> Attempt:
        backend.started[0].running = False
        return finished(plan, measured(FAILS))

    run = new_run(make, backend, tmp_path)
    player.script = [dies]
    first = await run.judge(replace(make.scenario("OWN-001"), sabotage=kill))
    player.will_measure(measured(HOLDS))
    await run.judge(make.scenario("OWN-001"))

    assert brief(first) == [("OWN-001", Verdict.FAIL, 1)]
    assert len(backend.started) == 2


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("problem", "verdict", "attempts"),
    [
        (ServerError("it did not start"), Verdict.ERROR, 3),
        (OSError("no room"), Verdict.ERROR, 3),
        (NotConfigurableError("not ours"), Verdict.UNSUPPORTED, 1),
    ],
)
async def test_a_fault_that_went_wrong_says_nothing_of_the_server_which_is_not_used_again(
    make: Make, backend: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    problem: Exception, verdict: Verdict, attempts: int,
) -> None:  # fmt: skip
    restart = Sabotage(name="x", breaks="x", server_fault=ServerFault(how="restart"))

    async def perform(plan: Plan, setup: StageSetup) -> Attempt:
        backend.started[-1].problem = problem
        passed = SignallingMessage(
            at_ns=1, participant="a", direction="client", kind=ServerFault.at, bytes=9
        )
        (setup.folder / FILE_NAME).write_bytes(msgspec.json.encode(passed) + b"\n")
        while not backend.started[-1].faults:  # noqa: ASYNC110 - the fault has a task of its own
            await asyncio.sleep(0)
        return error_attempt(plan, "nobody hears of this")

    monkeypatch.setattr(run_module, "perform", perform)
    monkeypatch.setattr(server_fault, "POLL_S", 0)
    scenario = replace(make.scenario("OWN-001"), sabotage=restart)
    [finding] = await new_run(make, backend, tmp_path).judge(scenario)

    assert (finding.verdict, finding.attempts) == (verdict, attempts)
    assert str(problem) in finding.reason
    assert finding.disturbed is (verdict is Verdict.ERROR)
    assert [server.stops for server in backend.started] == [1] * attempts


@pytest.mark.asyncio
async def test_what_a_scenario_intercepts_acts_before_a_sabotage(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path
) -> None:
    player.will_measure(measured(HOLDS))
    swap = SABOTAGES["swap-tracks"]
    scenario = make.scenario("OWN-001")
    own = replace(scenario.demands, interceptors=("module:Own",))
    await new_run(make, backend, tmp_path, sabotage=swap).judge(replace(scenario, demands=own))

    assert player.setups[0].interceptors == ("module:Own", *swap.interceptors)


@pytest.mark.asyncio
async def test_a_profile_of_several_phases_is_played_and_has_what_it_demands(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path
) -> None:
    file = tmp_path / "two.toml"
    file.write_text(
        'title = "t"\ncite = "ours: a test"\n[[phase]]\nat_s = 0.0\n'
        "[[phase]]\nat_s = 1.0\nudp.down = { loss_ratio = 1.0 }\n"
    )
    player.will_measure(measured(HOLDS))
    await new_run(make, backend, tmp_path).judge(make.scenario("OWN-001", profile=str(file)))
    [setup] = player.setups

    assert [phase.at_ns for phase in setup.profile.phases] == [0, 1_000_000_000]
    assert (setup.toxiproxy, setup.ice_tcp) == (None, False)
    assert not backend.toxiproxies


@pytest.mark.asyncio
async def test_a_toxiproxy_is_there_for_who_asks_for_faults_of_tcp(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path
) -> None:
    run = new_run(make, backend, tmp_path)
    for ice_tcp, toxiproxy in ((False, False), (False, True), (True, False)):
        player.will_measure(measured(HOLDS))
        plain = make.scenario("OWN-001")
        server = ServerConfig(ice_tcp=ice_tcp)
        demands = replace(plain.demands, toxiproxy=toxiproxy, server=server)
        await run.judge(replace(plain, nodeid=f"{ice_tcp}-{toxiproxy}", demands=demands))

    assert [(setup.toxiproxy, setup.ice_tcp) for setup in player.setups] == [
        (None, False),
        (("127.0.0.1", 8474), False),
        (None, True),
    ]


@pytest.mark.asyncio
async def test_a_toxiproxy_that_an_attempt_broke_on_is_not_used_again(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path
) -> None:
    player.script = [lambda plan: error_attempt(plan, "toxiproxy does not answer")]
    player.will_measure(measured(HOLDS))
    plain = make.scenario("OWN-001")
    asks = replace(plain, demands=replace(plain.demands, toxiproxy=True))
    findings = await new_run(make, backend, tmp_path).judge(asks)

    assert brief(findings) == [("OWN-001", Verdict.PASS, 2)]
    assert [toxiproxy.running for toxiproxy in backend.toxiproxies] == [False, True]


@pytest.mark.asyncio
async def test_a_toxiproxy_that_no_gateway_can_use_is_unsupported(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path
) -> None:
    backend.listen_ports = (20_000,)
    plain = make.scenario("OWN-001")
    asks = replace(plain, demands=replace(plain.demands, toxiproxy=True))
    findings = await new_run(make, backend, tmp_path).judge(asks)

    assert brief(findings) == [("OWN-001", Verdict.UNSUPPORTED, 1)]


@pytest.mark.asyncio
async def test_before_a_time_is_measured_the_machine_is_and_its_floor_is_in_the_finding(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path
) -> None:
    done = CalibrationDone(
        at_ns=1, clock_offset_ms=(0, 0),
        floors={"skew_ms": Measurement(value=-35.0, unit="ms")},
    )  # fmt: skip
    run = new_run(make, backend, tmp_path, calibration=done, timing="OWN-002")
    player.will_measure(measured(HOLDS), measured(HOLDS))
    await run.judge(make.scenario("OWN-001"))
    assert not read_events(tmp_path).of(CalibrationDone)
    [finding] = await run.judge(make.scenario("OWN-002"))

    assert finding.floor == -35.0
    assert read_events(tmp_path).of(CalibrationDone) == [done]


@pytest.mark.asyncio
async def test_where_there_are_two_clocks_no_time_counts(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path
) -> None:
    done = CalibrationDone(at_ns=1, clock_offset_ms=(5.0, 6.0))
    run = new_run(make, backend, tmp_path, calibration=done, timing="OWN-002")
    player.will_measure(*[measured(HOLDS)] * 3)
    [finding] = await run.judge(make.scenario("OWN-002"))

    assert (finding.verdict, finding.attempts) == (Verdict.INCONCLUSIVE, 3)
    assert "the clock of another process is off by 5 to 6 ms" in finding.reason
