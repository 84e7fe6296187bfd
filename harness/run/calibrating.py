"""When a run calibrates: once before its first time is measured, once after its last attempt.

A run has several processes under pytest-xdist. Whoever comes first measures, alone on the machine,
and leaves the result in the run folder; the others wait for it, since findings show floors. Who
ends last measures once more. In the run folder:

    calibration.lock           held by whoever measures, or looks whether it must
    calibration-users.lock     held shared by each process that may measure times
    calibration-before.json    the event
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from harness.clauses.model import Clause
from harness.evidence.clock import NS_PER_S, now_ns
from harness.evidence.run_event import CalibrationDone, Note, decode, encode
from harness.evidence.run_folder import RunFolder
from harness.judging.calibration import clock_problem
from harness.run.machine_lock import LIMIT_S, MachineLock, try_lock

POLL_S = 0.05
LOCK, USERS, BEFORE = "calibration.lock", "calibration-users.lock", "calibration-before.json"
Measure = Callable[[Path, str], Awaitable[CalibrationDone]]
"""Calibrates in that folder, before or after."""


class Calibrating:
    """The calibrations of a run, as one process of it sees them.

    Args:
        folder: Of the run.
        machine: Who may let media run.
        measure: Calibrates; whatever it raises is a note in the report, and no reason not to run.
        say: Told the floors in a line.
    """

    def __init__(
        self,
        *,
        folder: RunFolder,
        machine: MachineLock,
        measure: Measure,
        say: Callable[[str], None],
    ) -> None:
        self._folder = folder
        self._machine = machine
        self._measure = measure
        self._say = say
        self._users = -1
        self._before: CalibrationDone | None = None
        self.waited_ns = 0
        """Time that scenarios have waited for a calibration, not counting that for the machine."""

    async def before(self) -> None:
        """Calibrate, if no process of this run has."""
        if self._users >= 0:
            return
        began, waited_ns = now_ns(), self._machine.waited_ns
        self._users = _open(self._folder.path / USERS)
        await _lock(self._users, fcntl.LOCK_SH)  # the last one may calibrate after the run
        async with self._turn():
            self._before = self._known()
            if self._before is None:
                self._before = await self._calibrate("before")
                (self._folder.path / BEFORE).write_bytes(encode(self._before))
        self.waited_ns = now_ns() - began - (self._machine.waited_ns - waited_ns)

    async def after(self) -> None:
        """Calibrate, if this is the last process of the run that measured times."""
        if self._users < 0:
            return
        try:
            # else another process of the run goes on, and calibrates when it ends
            if try_lock(self._users, fcntl.LOCK_EX):
                await self._calibrate("after")
        finally:
            os.close(self._users)
            self._users = -1

    def floor(self, clause: Clause) -> float | None:
        """The floor that a clause's values are read beside, or None where there is none."""
        if self._before is None or clause.floor is None:
            return None
        measured = self._before.floors.get(clause.floor)
        return None if measured is None else measured.value

    @property
    def clock_problem(self) -> str | None:
        """Why no time of this run means anything, or None."""
        if self._before is None or self._before.clock_offset_ms is None:
            return None
        return clock_problem(self._before.clock_offset_ms)

    async def _calibrate(self, when: str) -> CalibrationDone:
        try:
            async with self._machine.turn(alone=True):
                done = await self._measure(self._free(f"calibration-{when}"), when)
            self._folder.append(done)
        except Exception as error:  # whatever kept it from measuring: scenarios run without floors
            text = " ".join(str(error).split()) or type(error).__name__
            self._folder.append(Note(at_ns=now_ns(), text=f"no calibration {when} the run: {text}"))
            return CalibrationDone(at_ns=now_ns(), when=when, disturbance=text)
        self._say(f"calibration {when} the run, {done.took_s:.1f} s: {_floors(done)}")
        return done

    def _free(self, name: str) -> Path:
        """A folder that is not there: who died left one, and who was the last need not stay so."""
        path, number = self._folder.path / name, 1
        while path.exists():
            number += 1
            path = self._folder.path / f"{name}-{number}"
        return path

    def _known(self) -> CalibrationDone | None:
        """What another process of this run measured before."""
        try:
            event = decode((self._folder.path / BEFORE).read_bytes())
        except (OSError, ValueError):
            return None
        return event if isinstance(event, CalibrationDone) else None

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Among the processes of this run."""
        lock = _open(self._folder.path / LOCK)
        try:
            await _lock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


async def _lock(fd: int, how: int) -> None:
    """Wait for a lock; who waits longer than for the machine goes on without.

    Waiting polls: it blocks no loop, and can be cancelled.
    """
    deadline_ns = now_ns() + int(2 * LIMIT_S * NS_PER_S)
    # the kernel tells nobody when another process lets go
    while now_ns() < deadline_ns and not try_lock(fd, how):  # noqa: ASYNC110
        await asyncio.sleep(POLL_S)


def _floors(done: CalibrationDone) -> str:
    """Sound and picture in a few words."""
    parts = []
    for name, words in (("picture_latency_ms", "picture"), ("sound_latency_ms", "sound")):
        floor = done.floors.get(name)
        if floor is not None and floor.value is not None:
            parts.append(f"{words} {floor.value:.0f} ms old")
    parts += [f"disturbed ({done.disturbance})"] if done.disturbance else []
    return ", ".join(parts) or "no floor"
