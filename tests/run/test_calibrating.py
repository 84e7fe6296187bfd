from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.clauses.model import Clause
from harness.evidence.measurement import Measurement, missing
from harness.evidence.run_event import CalibrationDone, Note
from harness.evidence.run_events import read_events
from harness.evidence.run_folder import RunFolder
from harness.run.calibrating import BEFORE, Calibrating
from harness.run.machine_lock import MachineLock
from tests.run.conftest import Make

pytestmark = pytest.mark.asyncio

FLOORS = {
    "picture_latency_ms": Measurement(value=15.2, unit="ms"),
    "sound_latency_ms": missing("ms", "no marker was heard"),
}


class Bench:
    """Processes of one run, in one process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: list[tuple[str, str]] = []
        self.said: list[str] = []
        self.offset_ms: tuple[float, float] = (-0.1, 0.1)
        self.problem: Exception | None = None
        self.begun = asyncio.Event()
        self.held = asyncio.Event()
        self.held.set()

    def process(self, name: str = "") -> Calibrating:
        lock = MachineLock(self.folder.parent / "machine", run="this", say=print)
        return Calibrating(
            folder=RunFolder(self.folder, worker=name),
            machine=lock,
            measure=self.measure,
            say=self.said.append,
        )

    async def measure(self, folder: Path, when: str) -> CalibrationDone:
        await asyncio.to_thread(folder.mkdir)
        self.made.append((folder.name, when))
        self.begun.set()
        await self.held.wait()
        if self.problem:
            raise self.problem
        return CalibrationDone(
            at_ns=1, when=when, took_s=4.5, floors=FLOORS, clock_offset_ms=self.offset_ms
        )

    def events(self) -> list[CalibrationDone]:
        return read_events(self.folder).of(CalibrationDone)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    folder = tmp_path / "run"
    folder.mkdir()
    return Bench(folder)


@pytest.fixture
def clause(make: Make) -> Callable[[str | None], Clause]:
    return lambda floor: replace(make.clause(unit="ms"), floor=floor)


async def test_a_run_is_calibrated_once_before_and_once_after(bench: Bench) -> None:
    one = bench.process()
    await one.before()
    await one.before()
    await one.after()
    await one.after()

    assert bench.made == [("calibration-before", "before"), ("calibration-after", "after")]
    assert [done.when for done in bench.events()] == ["before", "after"]
    assert bench.said[0] == "calibration before the run, 4.5 s: picture 15 ms old"


async def test_a_run_that_measured_no_times_is_not_calibrated(bench: Bench) -> None:
    await bench.process().after()
    assert bench.made == []


async def test_findings_get_the_floor_that_their_clause_names(
    bench: Bench, clause: Callable[[str | None], Clause]
) -> None:
    one = bench.process()
    assert one.floor(clause("picture_latency_ms")) is None
    await one.before()

    assert one.floor(clause("picture_latency_ms")) == 15.2
    assert one.floor(clause("sound_latency_ms")) is None
    assert one.floor(clause("skew_ms")) is None
    assert one.floor(clause(None)) is None


async def still_waits(task: asyncio.Task[None]) -> None:
    """It had its turns, and has not ended."""
    for _ in range(5):
        await asyncio.sleep(0)
    assert not task.done()


async def test_processes_of_a_run_share_what_the_first_measured(
    bench: Bench, clause: Callable[[str | None], Clause]
) -> None:
    first, second = bench.process("gw0"), bench.process("gw1")
    bench.held.clear()
    measuring = asyncio.create_task(first.before())
    await bench.begun.wait()
    waiting = asyncio.create_task(second.before())
    await still_waits(waiting)
    bench.held.set()
    await asyncio.gather(measuring, waiting)

    assert bench.made == [("calibration-before", "before")]
    assert second.floor(clause("picture_latency_ms")) == 15.2


async def test_who_ends_last_calibrates_after(bench: Bench) -> None:
    first, second = bench.process("gw0"), bench.process("gw1")
    await first.before()
    await second.before()
    await first.after()
    assert len(bench.made) == 1
    await second.after()
    assert bench.made[1:] == [("calibration-after", "after")]


@pytest.mark.timeout(10)
async def test_who_comes_while_the_last_calibrates_waits_and_does_so_itself_at_its_end(
    bench: Bench,
) -> None:
    first, second = bench.process("gw0"), bench.process("gw1")
    await first.before()
    bench.held.clear()
    bench.begun.clear()
    ending = asyncio.create_task(first.after())
    await bench.begun.wait()
    coming = asyncio.create_task(second.before())
    await still_waits(coming)
    bench.held.set()
    await asyncio.gather(ending, coming)
    await second.after()

    assert bench.made == [
        ("calibration-before", "before"),
        ("calibration-after", "after"),
        ("calibration-after-2", "after"),
    ]


async def test_a_process_that_died_while_it_measured_leaves_it_to_the_next(bench: Bench) -> None:
    (bench.folder / BEFORE).write_bytes(b'{"event": "calib')
    one = bench.process()
    await one.before()
    assert len(bench.made) == 1


async def test_what_keeps_it_from_measuring_is_a_note_and_the_run_goes_on(
    bench: Bench, clause: Callable[[str | None], Clause]
) -> None:
    bench.problem = OSError("no\nroom")
    one = bench.process()
    await one.before()

    assert [note.text for note in read_events(bench.folder).of(Note)] == [
        "no calibration before the run: no room"
    ]
    assert bench.events() == []
    assert one.floor(clause("picture_latency_ms")) is None
    assert one.clock_problem is None


async def test_two_clocks_are_known_to_who_judges(bench: Bench) -> None:
    bench.offset_ms = (7.0, 8.0)
    one = bench.process()
    assert one.clock_problem is None
    await one.before()
    assert one.clock_problem == "the clock of another process is off by 7 to 8 ms"


async def test_a_floor_that_was_disturbed_is_said_to_be(bench: Bench) -> None:
    measure = bench.measure

    async def disturbed(folder: Path, when: str) -> CalibrationDone:
        return replace(await measure(folder, when), floors={}, disturbance="busy")

    bench.measure = disturbed  # type: ignore[method-assign]
    await bench.process().before()
    assert bench.said == ["calibration before the run, 4.5 s: disturbed (busy)"]


async def test_what_it_took_is_no_scenario_s_time(bench: Bench) -> None:
    one = bench.process()
    assert one.waited_ns == 0
    await one.before()
    assert one.waited_ns > 0
