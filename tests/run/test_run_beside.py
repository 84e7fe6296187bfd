"""A run whose first attempts have others beside them."""

from __future__ import annotations

import fcntl
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.evidence.finding import Attempt, Verdict
from harness.evidence.measurement import Measurement
from harness.evidence.run_event import AttemptFinished
from harness.evidence.run_events import read_events
from harness.judging.deviations import Deviation
from harness.judging.disturbance import BESIDE
from harness.run import run as run_module
from harness.run.attempt import Plan
from harness.sabotage.registry import SABOTAGES
from harness.sabotage.sabotage import Sabotage
from harness.stage.stage import StageSetup
from tests.run.playing import FAILS, HOLDS, UNCERTAIN, Player, brief, finished, measured, new_run

if TYPE_CHECKING:
    from tests.run.conftest import FakeBackend, Make


@pytest.fixture
def player(monkeypatch: pytest.MonkeyPatch) -> Player:
    player = Player()
    monkeypatch.setattr(run_module, "perform", player.perform)
    return player


def comes_in(media: Path) -> bool:
    """What another process does that comes beside an attempt; False when it must wait."""
    with media.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        file.write("{}\n")
        return True


@pytest.fixture
def neighbour(player: Player, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Somebody comes beside each attempt if that may be; whether it was, attempt by attempt."""
    came: list[bool] = []

    async def perform(plan: Plan, setup: StageSetup) -> Attempt:
        came.append(comes_in(tmp_path / "machine" / "media"))
        return await player.perform(plan, setup)

    monkeypatch.setattr(run_module, "perform", perform)
    return came


@pytest.mark.asyncio
async def test_what_holds_beside_others_holds(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path, neighbour: list[bool]
) -> None:
    player.will_measure(measured(HOLDS))
    findings = await new_run(make, backend, tmp_path).judge(make.scenario("OWN-001"))
    [ended] = read_events(tmp_path).of(AttemptFinished)

    assert brief(findings) == [("OWN-001", Verdict.PASS, 1)]
    assert neighbour == [True]
    assert ended.attempt.beside
    assert ended.attempt.disturbance == BESIDE


@pytest.mark.asyncio
async def test_a_failure_beside_others_is_asked_again_alone(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path, neighbour: list[bool]
) -> None:
    run = new_run(make, backend, tmp_path)
    player.will_measure(measured(FAILS), measured(HOLDS))
    first = await run.judge(make.scenario("OWN-001"))
    player.will_measure(measured(FAILS), measured(FAILS))
    second = await run.judge(replace(make.scenario("OWN-001"), nodeid="next.py::test_it"))

    assert brief(first + second) == [
        ("OWN-001", Verdict.PASS, 2),
        ("OWN-001", Verdict.FAIL, 2),
    ]
    assert neighbour == [True, False, True, False]
    assert "set aside, not alone" in first[0].remarks[0]


@pytest.mark.asyncio
async def test_a_proof_beside_whom_others_go_in_each_time_ends_all_the_same(
    make: Make, backend: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def perform(plan: Plan, setup: StageSetup) -> Attempt:
        assert plan.number < 9, "it goes on for ever"
        with (tmp_path / "machine" / "media").open("a") as file:  # who has waited for too long
            file.write("{}\n")
        return finished(plan, measured(FAILS))

    monkeypatch.setattr(run_module, "perform", perform)
    sabotage = Sabotage(name="x", breaks="x", kills=frozenset({"OWN-001"}))
    scenario = replace(make.scenario("OWN-001", "OWN-002"), sabotage=sabotage, proof=True)
    findings = await new_run(make, backend, tmp_path).judge(scenario)

    assert brief(findings) == [
        ("OWN-001", Verdict.INCONCLUSIVE, 4),
        ("OWN-002", Verdict.INCONCLUSIVE, 4),
    ]


@pytest.mark.asyncio
@pytest.mark.parametrize("listed", [True, False])
async def test_in_a_proof_what_is_known_to_fail_is_not_asked_again(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path, neighbour: list[bool],
    *, listed: bool,
) -> None:  # fmt: skip
    known = Deviation(id="D-1", clause="OWN-001", reason="known", link="none")
    sabotage = Sabotage(name="x", breaks="x", kills=frozenset({"OWN-002"}))
    run = new_run(make, backend, tmp_path, deviations=[known] if listed else [])
    player.will_measure(measured(FAILS), measured(FAILS))
    await run.judge(replace(make.scenario("OWN-001"), sabotage=sabotage, proof=True))

    assert neighbour == ([True] if listed else [True, False])


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("named", "disturbs", "attempts"),
    [("OWN-001", "", 6), ("OWN-001", "a stall", 6), ("OWN-001", "busy", 1), ("OWN-002", "", 1)],
)
async def test_what_is_to_starve_is_asked_again_while_the_machine_disturbs(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path,
    named: str, disturbs: str, attempts: int,
) -> None:  # fmt: skip
    sabotage = Sabotage(name="x", breaks="x", starves=frozenset({named}), disturbs=disturbs)
    gone = Measurement(value=None, unit="bool", missing="nothing came")
    player.script = [lambda plan: replace(finished(plan, gone), disturbance="busy")] * 6
    scenario = replace(make.scenario("OWN-001"), sabotage=sabotage, proof=True)
    await new_run(make, backend, tmp_path).judge(scenario)

    assert len(read_events(tmp_path).of(AttemptFinished)) == attempts


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("timing", "again", "attempts", "verdict"),
    [
        ("OWN-002", None, 2, Verdict.FAIL),
        ("OWN-002", "busy", 4, Verdict.INCONCLUSIVE),
        ("OWN-001", None, 1, Verdict.FAIL),  # what is no time counts on a busy machine, too
    ],
)
async def test_a_fail_that_nobody_named_is_asked_again_where_the_machine_set_it_aside(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path,
    timing: str, again: str | None, attempts: int, verdict: Verdict,
) -> None:  # fmt: skip
    def play(plan: Plan) -> Attempt:
        busy = "busy" if plan.number == 1 else again
        return replace(finished(plan, measured(FAILS)), disturbance=busy)

    player.script = [play] * 6
    sabotage = Sabotage(name="x", breaks="x", harmless="nobody notices")
    scenario = replace(make.scenario("OWN-002"), sabotage=sabotage, proof=True)
    findings = await new_run(make, backend, tmp_path, timing=timing).judge(scenario)

    assert brief(findings) == [("OWN-002", verdict, attempts)]


@pytest.mark.asyncio
async def test_a_proof_waits_for_a_quiet_machine_where_the_last_attempt_had_none(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path
) -> None:
    waits: list[int] = []

    async def until_quiet() -> bool:
        waits.append(len(read_events(tmp_path).of(AttemptFinished)))
        return False

    def play(plan: Plan) -> Attempt:
        busy = "busy" if plan.number in (1, 2) else None
        return replace(finished(plan, UNCERTAIN), disturbance=busy)

    player.script = [play] * 6
    sabotage = Sabotage(name="x", breaks="x", kills=frozenset({"OWN-001"}))
    proves = replace(make.scenario("OWN-001"), sabotage=sabotage, proof=True)
    run = new_run(make, backend, tmp_path, until_quiet=until_quiet)
    findings = await run.judge(proves)

    assert brief(findings) == [("OWN-001", Verdict.INCONCLUSIVE, 5)]
    assert waits == [1, 2], "not before the first, and not after one that was quiet"

    player.script = [play] * 3
    await run.judge(replace(proves, proof=False))

    assert len(waits) == 2, "who waits for verdicts of a whole run does not wait for that"


@pytest.mark.asyncio
@pytest.mark.parametrize(("busy", "attempts"), [(9, 6), (1, 4), (0, 3)])
async def test_what_a_proof_waits_for_is_asked_again_in_place_of_what_the_machine_disturbed(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path, busy: int, attempts: int
) -> None:
    gone = Measurement(value=None, unit="bool", missing="nothing came")

    def play(plan: Plan) -> Attempt:
        done = finished(plan, gone)
        return replace(done, disturbance="busy") if plan.number <= busy else done

    player.script = [play] * 6
    sabotage = Sabotage(name="x", breaks="x", kills=frozenset({"OWN-001"}))
    scenario = replace(make.scenario("OWN-001"), sabotage=sabotage, proof=True)
    findings = await new_run(make, backend, tmp_path).judge(scenario)

    assert brief(findings) == [("OWN-001", Verdict.INCONCLUSIVE, attempts)]


@pytest.mark.asyncio
async def test_nobody_beside_it_an_attempt_counts_as_ever(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path
) -> None:
    player.will_measure(measured(FAILS))
    findings = await new_run(make, backend, tmp_path).judge(make.scenario("OWN-001"))

    assert brief(findings) == [("OWN-001", Verdict.FAIL, 1)]
    assert not read_events(tmp_path).of(AttemptFinished)[0].attempt.beside


@pytest.mark.asyncio
async def test_what_is_expected_to_fail_is_alone_at_once(
    make: Make, backend: FakeBackend, player: Player, tmp_path: Path, neighbour: list[bool]
) -> None:
    sabotaged, listed = tmp_path / "sabotaged", tmp_path / "listed"
    known = Deviation(id="D-1", clause="OWN-001", reason="known", link="none")
    for folder in (sabotaged, listed):
        folder.mkdir()
    machine = tmp_path / "machine"
    runs = [
        new_run(make, backend, sabotaged, sabotage=SABOTAGES["swap-tracks"], machine=machine),
        new_run(make, backend, listed, deviations=[known], machine=machine),
    ]
    for run in runs:
        player.will_measure(measured(FAILS))
        [finding] = await run.judge(make.scenario("OWN-001"))
        assert (finding.verdict, finding.attempts) == (Verdict.FAIL, 1)

    assert neighbour == [False, False]
