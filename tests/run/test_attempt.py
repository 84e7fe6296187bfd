from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from harness.evidence.finding import Attempt, Verdict
from harness.evidence.measurement import Measurement
from harness.processes.child import Exit
from harness.run import attempt
from harness.run.attempt import error_attempt, perform, unsupported_attempt
from harness.run.judge import Judge
from harness.run.scenario import Body
from harness.stage.errors import (
    GatewayDied,
    GuestDied,
    ParticipantDied,
    StageError,
    Unsupported,
)
from harness.stage.stage import Stage, StageSetup
from harness.verifiers.combine import fact

if TYPE_CHECKING:
    from harness.processes.keeper_client import Keeper
    from harness.server.model import Server
    from tests.run.conftest import Make

LIMIT_S = 10.0
CALM: dict[str, dict[str, float | None]] = {"machine": {"machine_busy_ratio": 0.1}}


class FakeStage:
    """A stage without a server; stands at the seam `open_stage`."""

    def __init__(self) -> None:
        self.sdk = {"alice": "python 1.2.0"}
        self.health: dict[str, dict[str, float | None]] = {}
        self.media_s = 0.0
        self.unmet: tuple[str, ...] = ()
        self.closed = asyncio.Event()
        self.finishes = CALM
        self.problem: Exception | None = None

    @asynccontextmanager
    async def open(self, setup: StageSetup) -> AsyncIterator[FakeStage]:
        assert setup.folder.is_dir()
        try:
            yield self
            self.health = dict(self.finishes)
            if self.problem is not None:
                raise self.problem
        finally:
            self.closed.set()


@pytest.fixture
def fake_stage(monkeypatch: pytest.MonkeyPatch) -> FakeStage:
    stage = FakeStage()
    monkeypatch.setattr(attempt, "open_stage", stage.open)
    return stage


@pytest.fixture
def setup(tmp_path: Path) -> StageSetup:
    keeper, server = cast("Keeper", None), cast("Server", None)
    return StageSetup(keeper=keeper, server=server, folder=tmp_path, room="r")


async def holds(stage: Stage, judge: Judge) -> None:
    stage.media_s += 3
    judge("OWN-001", fact, True, "x")


async def outcome(
    make: Make, setup: StageSetup, body: Body, *, limit_s: float = LIMIT_S
) -> Attempt:
    async with asyncio.timeout(LIMIT_S):
        return await perform(make.plan(body, make.clause(), limit_s=limit_s), setup)


@pytest.mark.asyncio
async def test_an_attempt_says_what_ran_and_what_came_out(
    make: Make, setup: StageSetup, fake_stage: FakeStage
) -> None:
    done = await outcome(make, setup, holds)

    assert [(r.clause, r.verdict) for r in done.results] == [("OWN-001", Verdict.PASS)]
    assert done.cell.sdk == {"alice": "python 1.2.0"}
    assert (done.number, done.folder, done.media_s) == (1, "attempts/silence/1", 3.0)
    assert (done.error, done.final, done.disturbance) == (None, False, None)
    assert done.started_ns <= done.ended_ns
    assert not list(setup.folder.iterdir())


@pytest.mark.asyncio
async def test_what_holds_under_a_fault_that_met_nothing_is_open(
    make: Make, setup: StageSetup, fake_stage: FakeStage
) -> None:
    fake_stage.unmet = ("loss (ratio 0.5) met no packet of its target",)

    async def fails(stage: Stage, judge: Judge) -> None:
        judge("OWN-001", fact, False, "x")

    [held] = (await outcome(make, setup, holds)).results
    [failed] = (await outcome(make, setup, fails)).results

    assert held.verdict is Verdict.INCONCLUSIVE
    assert held.reason.endswith("what it is about: loss (ratio 0.5) met no packet of its target")
    assert held.measurement is not None
    assert (held.measurement.value, held.measurement.missing) == (None, held.reason)
    assert failed.verdict is Verdict.FAIL


PUBLISHED = (
    '{"at_ns":1,"participant":"alice","direction":"server","kind":"track_published","bytes":9,'
    '"details":{"sid":"TR_a","name":"sound1"}}\n'
)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("record", "note"),
    [
        (PUBLISHED, "heard alice/sound1 (TR_a)"),
        ("no message\n" + PUBLISHED, "heard TR_a"),  # what rests on it says what is wrong
    ],
)
async def test_tracks_are_named_where_the_record_names_them(
    make: Make, setup: StageSetup, fake_stage: FakeStage, record: str, note: str
) -> None:
    async def hears(stage: Stage, judge: Judge) -> None:
        (setup.folder / "signalling.ndjson").write_text(record, encoding="utf-8")
        judge("OWN-001", fact, True, "heard TR_a")

    [result] = (await outcome(make, setup, hears)).results
    assert result.measurement is not None
    assert result.measurement.notes == (note,)


@pytest.mark.asyncio
async def test_verifiers_are_asked_when_the_stage_has_closed(
    make: Make, setup: StageSetup, fake_stage: FakeStage
) -> None:
    def verifier() -> Measurement:
        return fact(fake_stage.closed.is_set(), "closed")

    async def body(stage: Stage, judge: Judge) -> None:
        judge("OWN-001", verifier)
        assert not fake_stage.closed.is_set()

    done = await outcome(make, setup, body)

    assert done.results[0].verdict is Verdict.PASS


@pytest.mark.asyncio
async def test_a_busy_machine_is_written_down(
    make: Make, setup: StageSetup, fake_stage: FakeStage
) -> None:
    fake_stage.finishes = {"machine": {"machine_busy_ratio": 0.99}}
    done = await outcome(make, setup, holds)

    assert done.disturbance is not None
    assert "machine: busy" in done.disturbance
    assert done.results[0].verdict is Verdict.PASS


@pytest.mark.asyncio
@pytest.mark.parametrize(("busy", "disturbed"), [(0.99, True), (0.1, False), (None, False)])
async def test_of_an_attempt_that_broke_it_is_known_how_busy_the_machine_was(
    make: Make, setup: StageSetup, fake_stage: FakeStage, busy: float | None, disturbed: bool
) -> None:
    async def body(stage: Stage, judge: Judge) -> None:
        stage.health["bob"] = {}  # who died reports nothing, and that is no sign of load
        if busy is not None:
            stage.health["machine"] = {"machine_busy_ratio": busy}
        raise RuntimeError("nobody answered")

    done = await outcome(make, setup, body)

    assert (done.disturbance is not None) is disturbed
    assert done.health == fake_stage.health


@pytest.mark.asyncio
async def test_a_clause_that_was_never_judged_is_an_error(
    make: Make, setup: StageSetup, fake_stage: FakeStage
) -> None:
    async def body(stage: Stage, judge: Judge) -> None:
        pass

    done = await outcome(make, setup, body)

    assert done.results[0].verdict is Verdict.ERROR
    assert "never judged" in done.results[0].reason


GONE = ParticipantDied("bob", Exit(code=None, signal=6), ["panicked at 'x'"])


PLACE = " (test_attempt.py:N; see attempts/silence/1/traceback.txt)"


@pytest.mark.parametrize(
    ("problem", "text", "final"),
    [
        (ValueError("two\nlines"), f"ValueError: two lines{PLACE}", True),
        (KeyError(), f"KeyError: no further word{PLACE}", True),
        (RuntimeError("busy"), "RuntimeError: busy", False),
        (StageError("no packet went up"), "no packet went up", False),
        (GatewayDied("the gateway ended"), "the gateway ended", True),
        (
            GuestDied("agent", Exit(code=3, signal=None), ["no memory"]),
            "guest agent ended by itself: exit code 3; last log lines: no memory",
            True,
        ),
        (GONE, str(GONE), True),
        (ExceptionGroup("g", [ExceptionGroup("h", [GONE]), ValueError()]), str(GONE), True),
    ],
)
@pytest.mark.asyncio
async def test_whatever_is_raised_is_the_error_of_the_attempt(
    make: Make, setup: StageSetup, fake_stage: FakeStage,
    problem: Exception, text: str, final: bool,
) -> None:  # fmt: skip
    async def body(stage: Stage, judge: Judge) -> None:
        judge("OWN-001", fact, True, "x")
        stage.media_s = 2
        raise problem

    done = await outcome(make, setup, body)

    said = re.sub(r"py:\d+", "py:N", done.error or "")
    assert (said, done.final, done.results) == (text, final, ())
    assert done.cell.sdk == {"alice": "python 1.2.0"}
    assert fake_stage.closed.is_set()
    assert type(problem).__name__ in (setup.folder / "traceback.txt").read_text()


@pytest.mark.asyncio
async def test_evidence_that_did_not_take_the_relay_makes_an_error(
    make: Make, setup: StageSetup, fake_stage: FakeStage
) -> None:
    fake_stage.problem = StageError("alice: its media went elsewhere")
    done = await outcome(make, setup, holds)

    assert (done.error, done.results) == ("alice: its media went elsewhere", ())


@pytest.mark.asyncio
@pytest.mark.parametrize("grouped", [False, True])
async def test_what_is_not_there_is_unsupported_for_every_clause(
    make: Make, setup: StageSetup, fake_stage: FakeStage, grouped: bool
) -> None:
    async def body(stage: Stage, judge: Judge) -> None:
        why = Unsupported("the SDK has no such call")
        raise ExceptionGroup("of a task group", [why]) if grouped else why

    done = await outcome(make, setup, body)

    assert [(r.verdict, r.reason) for r in done.results] == [
        (Verdict.UNSUPPORTED, "the SDK has no such call")
    ]
    assert (done.error, done.cell.sdk) == (None, {"alice": "python 1.2.0"})


@pytest.mark.asyncio
async def test_a_scenario_that_does_not_end_is_ended(
    make: Make, setup: StageSetup, fake_stage: FakeStage
) -> None:
    async def body(stage: Stage, judge: Judge) -> None:
        await asyncio.Event().wait()

    done = await outcome(make, setup, body, limit_s=0.02)

    assert done.error == "the scenario took more than 0.02 s"
    assert fake_stage.closed.is_set()


@pytest.mark.asyncio
async def test_a_time_limit_inside_the_scenario_is_not_taken_for_ours(
    make: Make, setup: StageSetup, fake_stage: FakeStage
) -> None:
    async def body(stage: Stage, judge: Judge) -> None:
        raise TimeoutError("bob never spoke")

    done = await outcome(make, setup, body)

    assert done.error == "TimeoutError: bob never spoke"


@pytest.mark.asyncio
async def test_an_interrupt_closes_the_stage_and_goes_on(
    make: Make, setup: StageSetup, fake_stage: FakeStage
) -> None:
    started = asyncio.Event()

    async def body(stage: Stage, judge: Judge) -> None:
        started.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(outcome(make, setup, body))
    async with asyncio.timeout(LIMIT_S):
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert fake_stage.closed.is_set()


@pytest.mark.asyncio
async def test_a_traceback_that_cannot_be_kept_is_no_further_error(
    make: Make, setup: StageSetup, fake_stage: FakeStage
) -> None:
    (setup.folder / "traceback.txt").mkdir()

    async def body(stage: Stage, judge: Judge) -> None:
        raise StageError("first")

    assert (await outcome(make, setup, body)).error == "first"


def test_attempts_that_never_ran_say_why(make: Make) -> None:
    plan = make.plan(holds, make.clause("OWN-001"), make.clause("OWN-002"))
    error, absent = error_attempt(plan, "no server"), unsupported_attempt(plan, "not ours")

    assert (error.error, error.final, error.results) == ("no server", False, ())
    assert [r.clause for r in absent.results] == ["OWN-001", "OWN-002"]
    assert {r.verdict for r in absent.results} == {Verdict.UNSUPPORTED}
    assert (error.media_s, error.ended_ns) == (0.0, error.started_ns)
