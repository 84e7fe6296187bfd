from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.run import machine_lock
from harness.run.machine_lock import MachineLock, MachineLockError, Turn, runtime_folder

LIMIT_S = 60
ROUNDS = 30
HOLDER = """
import asyncio, sys, pathlib
from harness.run.machine_lock import MachineLock

async def hold():
    lock = MachineLock(pathlib.Path(sys.argv[1]), run="theirs", say=print)
    async with lock.turn(alone=True):
        print("IN", flush=True)
        await asyncio.Event().wait()

asyncio.run(hold())
"""
COUNTER = """
import asyncio, sys, pathlib
from harness.run.machine_lock import MachineLock

async def count():
    lock = MachineLock(pathlib.Path(sys.argv[1]), run="theirs", say=print)
    file = pathlib.Path(sys.argv[2])
    for _ in range(int(sys.argv[3])):
        async with lock.turn(alone=True) as turn:
            seen = int(file.read_text())
            await asyncio.sleep(0)
            file.write_text(str(seen + 1))
            assert not turn.beside

asyncio.run(count())
"""


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting is told, and asked again, without a pause."""
    monkeypatch.setattr(machine_lock, "POLL_S", 0.0)
    monkeypatch.setattr(machine_lock, "TELL_AFTER_S", -1.0)


class Guest:
    """One who wants a turn, keeps it until told to leave, and notes what it was."""

    def __init__(self, lock: MachineLock, *, alone: bool, order: list[Guest]) -> None:
        self.turn: Turn | None = None
        self.beside: bool | None = None
        self._leave = asyncio.Event()
        self._order = order
        self._lock = lock
        self._alone = alone
        self.task = asyncio.create_task(self._stay())

    @property
    def inside(self) -> bool:
        return self.turn is not None and self.beside is None

    async def _stay(self) -> None:
        async with self._lock.turn(alone=self._alone) as self.turn:
            self._order.append(self)
            await self._leave.wait()
            self.beside = self.turn.beside

    async def leaves(self) -> None:
        self._leave.set()
        await self.task


class House:
    """Several processes' view of one lock, as they are in one loop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.order: list[Guest] = []
        self.said: list[str] = []

    def lock(self, run: str = "ours", *, limit_s: float = LIMIT_S) -> MachineLock:
        return MachineLock(self.folder, run=run, say=self.said.append, limit_s=limit_s)

    async def comes(self, *, alone: bool, run: str = "ours", limit_s: float = LIMIT_S) -> Guest:
        guest = Guest(self.lock(run, limit_s=limit_s), alone=alone, order=self.order)
        await settled()
        return guest


async def settled() -> None:
    """Everybody who waits has asked many times."""
    for _ in range(50):
        await asyncio.sleep(0)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "house")


@pytest.mark.asyncio
async def test_who_may_be_beside_others_does_not_wait_for_them(house: House) -> None:
    first = await house.comes(alone=False)
    second = await house.comes(alone=False)

    assert first.inside
    assert second.inside
    for guest in (second, first):
        await guest.leaves()
        assert guest.beside


@pytest.mark.asyncio
async def test_beside_others_is_only_who_really_was(house: House) -> None:
    first = await house.comes(alone=False)
    await first.leaves()
    second = await house.comes(alone=False)
    await second.leaves()

    assert (first.beside, second.beside) == (False, False)


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.asyncio
async def test_one_must_be_alone_and_the_other_waits(house: House, *, alone: bool) -> None:
    first = await house.comes(alone=alone)
    second = await house.comes(alone=not alone)
    assert not second.inside

    await first.leaves()
    await settled()
    assert second.inside
    await second.leaves()
    assert (first.beside, second.beside) == (False, False)


@pytest.mark.asyncio
async def test_nobody_slips_past_one_who_waits_to_be_alone(house: House) -> None:
    inside = await house.comes(alone=False)
    alone = [await house.comes(alone=True), await house.comes(alone=True)]
    late = await house.comes(alone=False)
    assert not late.inside

    await inside.leaves()
    for _ in alone:
        await settled()
        [now] = [guest for guest in alone if guest.inside]
        assert not late.inside
        await now.leaves()
    await settled()
    assert late.inside
    await late.leaves()


@pytest.mark.asyncio
async def test_who_has_waited_for_long_lets_nobody_go_before(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = await house.comes(alone=False)
    alone = await house.comes(alone=True)
    monkeypatch.setattr(machine_lock, "YIELD_S", -1.0)
    patient = await house.comes(alone=False)

    assert patient.inside
    for guest in (inside, patient, alone):
        await guest.leaves()
    assert alone.beside is False


@pytest.mark.asyncio
async def test_who_gives_up_waiting_holds_up_nobody(house: House) -> None:
    inside = await house.comes(alone=False)
    alone = await house.comes(alone=True)
    alone.task.cancel()
    await asyncio.wait([alone.task])
    late = await house.comes(alone=False)

    assert late.inside
    await late.leaves()
    await inside.leaves()


@pytest.mark.asyncio
async def test_no_wait_is_for_ever_and_all_are_told(house: House) -> None:
    first = await house.comes(alone=True)
    second = await house.comes(alone=True, limit_s=0.0)

    assert second.inside
    for guest in (second, first):
        await guest.leaves()
        assert guest.beside


@pytest.mark.asyncio
async def test_another_run_that_is_waited_for_is_named_once(house: House) -> None:
    first = await house.comes(alone=True, run="/reports/theirs")
    second = await house.comes(alone=True, run="/reports/ours")
    assert not second.inside
    [said] = house.said

    assert said.startswith("waiting for another run on this machine: process ")
    assert ", /reports/theirs; after " in said
    await first.leaves()
    await second.leaves()


@pytest.mark.asyncio
async def test_processes_of_the_same_run_wait_without_a_word(house: House) -> None:
    first = await house.comes(alone=True)
    second = await house.comes(alone=True)
    with (house.folder / "media").open("a") as media:
        media.write("{cut")
    await settled()
    await first.leaves()
    await second.leaves()

    assert not house.said


@pytest.mark.asyncio
async def test_waiting_is_counted(house: House) -> None:
    lock = house.lock()
    async with lock.turn(alone=True):
        pass
    before = lock.waited_ns
    first = await house.comes(alone=True)
    waiting = asyncio.create_task(_once(lock))
    await settled()
    await first.leaves()
    await waiting

    assert lock.waited_ns > before


async def _once(lock: MachineLock) -> None:
    async with lock.turn(alone=True):
        pass


def holder(folder: Path) -> subprocess.Popen[str]:
    """A process that comes in, says so and stays."""
    argv = [sys.executable, "-c", HOLDER, str(folder)]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)


@pytest.mark.asyncio
async def test_a_killed_holder_holds_nothing(house: House) -> None:
    house.lock()
    process = holder(house.folder)
    assert process.stdout is not None
    with process:
        assert process.stdout.readline() == "IN\n"
        guest = await house.comes(alone=False)
        assert not guest.inside
        process.kill()
    async with asyncio.timeout(LIMIT_S):
        while not guest.inside:
            await settled()
    await guest.leaves()

    assert guest.beside is False
    assert len(house.said) == 1


def test_processes_that_must_be_alone_are_one_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "count"
    file.write_text("0")
    argv = [sys.executable, "-c", COUNTER, str(tmp_path / "house"), str(file), str(ROUNDS)]
    processes = [subprocess.Popen(argv) for _ in range(3)]

    assert [process.wait(LIMIT_S) for process in processes] == [0, 0, 0]
    assert int(file.read_text()) == 3 * ROUNDS


def a_file(folder: Path) -> None:
    folder.touch()


def a_link(folder: Path) -> None:
    folder.symlink_to(folder.parent)


def no_parent(folder: Path) -> None:
    folder.parent.rmdir()


@pytest.mark.parametrize("there_is", [a_file, a_link, no_parent])
def test_a_folder_that_is_not_ours_is_one_line(
    tmp_path: Path, there_is: Callable[[Path], None]
) -> None:
    folder = tmp_path / "own" / "house"
    folder.parent.mkdir()
    there_is(folder)

    with pytest.raises(
        MachineLockError, match="cannot keep runs on this machine apart in "
    ) as says:
        MachineLock(folder, run="ours", say=print)
    assert str(folder) in str(says.value)
    assert "\n" not in str(says.value)


def test_each_user_has_a_folder_that_no_session_moves() -> None:
    assert runtime_folder() == runtime_folder()
    assert runtime_folder().name.startswith("livekit-harness-")
