"""Who may let media run on this machine, and when: one lock for all runs of a user.

An attempt that may run beside others holds it shared, one that must be alone holds it exclusively.
Whoever waits to be alone goes first: those inside finish, nobody new comes in who has not waited
for long. The kernel releases what a process held, by whatever end (flock). Files in the folder:

    media      the lock itself, and a line about each who came in since nobody was inside
    waiting    held shared by all who wait to be alone
    gate       held while somebody comes in
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import stat
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import msgspec
import psutil

from harness.evidence.clock import NS_PER_S, now_ns
from harness.evidence.json_value import read_json

LIMIT_S = 1200.0
"""Longest wait. Whoever has waited for so long goes in, and counts as beside others."""
YIELD_S = 300.0
"""Wait after which nobody goes before any more: other runs may have many who must be alone."""
POLL_S = 0.02
TELL_AFTER_S = 2.0


class MachineLockError(OSError):
    """The lock's folder cannot be used: says which, why and what to do."""


class Guest(msgspec.Struct, frozen=True, kw_only=True):
    """A line of `media`: who came in."""

    pid: int
    run: str


_GUEST = msgspec.json.Decoder(Guest)


class Turn:
    """Time in which media may run."""

    def __init__(self, media: int, *, met: bool) -> None:
        self._media = media
        self._met = met
        self._size = os.fstat(media).st_size

    @property
    def beside(self) -> bool:
        """Whether somebody else has had a turn since this one began."""
        return self._met or os.fstat(self._media).st_size > self._size


class MachineLock:
    """The lock, as one process of a run sees it.

    Args:
        folder: Where its files are; the same for all who are to be kept apart.
        run: What this run is called towards others: its folder.
        say: Told once about each other run that is waited for.
        limit_s: Longest wait.

    Raises:
        MachineLockError: the folder cannot be used.
    """

    def __init__(
        self, folder: Path, *, run: str, say: Callable[[str], None], limit_s: float = LIMIT_S
    ) -> None:
        _prepare(folder)
        self._folder = folder
        self._me = Guest(pid=os.getpid(), run=run)
        self._say = say
        self._limit_s = limit_s
        self._told: set[str] = set()
        self.waited_ns = 0
        """Time spent waiting so far."""

    @asynccontextmanager
    async def turn(self, *, alone: bool) -> AsyncIterator[Turn]:
        """Wait for a turn and hold it. Waiting polls: it blocks no loop, and can be cancelled.

        Raises:
            MachineLockError: the lock's files cannot be opened.
        """
        with self._opened("media") as media:
            yield await self._wait(media, alone=alone)

    async def _wait(self, media: int, *, alone: bool) -> Turn:
        began = now_ns()
        with self._opened("waiting") as waiting:
            waited_s = 0.0
            while not (turn := self._enter(media, waiting, alone=alone, first=waited_s > YIELD_S)):
                waited_s = (now_ns() - began) / NS_PER_S
                if waited_s > self._limit_s:
                    turn = self._come_in(media, met=True)
                    break
                if waited_s > TELL_AFTER_S:
                    self._tell()
                await asyncio.sleep(POLL_S)
        self.waited_ns += now_ns() - began
        return turn

    def _enter(self, media: int, waiting: int, *, alone: bool, first: bool) -> Turn | None:
        """Come in, if that can be now; to wait alone is told to others until `waiting` closes."""
        if alone:
            try_lock(waiting, fcntl.LOCK_SH)
        with self._opened("gate") as gate:
            if not try_lock(gate, fcntl.LOCK_EX):
                return None
            if not alone and not first:
                if not try_lock(waiting, fcntl.LOCK_EX):
                    return None
                fcntl.flock(waiting, fcntl.LOCK_UN)
            if try_lock(media, fcntl.LOCK_EX):
                os.ftruncate(media, 0)
                if not alone:  # gives it up for a moment, in which the gate keeps others out
                    fcntl.flock(media, fcntl.LOCK_SH)
                return self._come_in(media, met=False)
            if not alone and try_lock(media, fcntl.LOCK_SH):
                return self._come_in(media, met=True)
        return None

    def _come_in(self, media: int, *, met: bool) -> Turn:
        os.write(media, msgspec.json.encode(self._me) + b"\n")
        return Turn(media, met=met)

    def _tell(self) -> None:
        """Say which other run is inside, once for each."""
        for guest in self._guests():
            new = guest.run not in self._told and guest.run != self._me.run
            if new and psutil.pid_exists(guest.pid):
                self._told.add(guest.run)
                self._say(
                    f"waiting for another run on this machine: process {guest.pid}, {guest.run}; "
                    f"after {self._limit_s / 60:g} min an attempt runs beside it"
                )

    def _guests(self) -> Iterator[Guest]:
        for line in (self._folder / "media").read_bytes().splitlines():
            try:
                yield read_json(line, _GUEST)
            except ValueError:  # cut by a full disk
                continue

    @contextmanager
    def _opened(self, name: str) -> Iterator[int]:
        """A file of the lock; what is held of it is released with its end."""
        try:
            fd = os.open(self._folder / name, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise _unusable(self._folder, error.strerror or str(error)) from None
        try:
            yield fd
        finally:
            os.close(fd)


def runtime_folder() -> Path:
    """The lock's folder of this user: on this machine, and the same in whatever session."""
    return Path(tempfile.gettempdir()) / f"livekit-harness-{os.getuid()}"


def try_lock(fd: int, how: int) -> bool:
    """Take a lock, shared or exclusive, of an open file if it is free; whether it was."""
    try:
        fcntl.flock(fd, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _prepare(folder: Path) -> None:
    """Make the folder; refuse one that another user put in its place."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise _unusable(folder, error.strerror or str(error)) from None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise _unusable(folder, "it is no folder of yours")


def _unusable(folder: Path, why: str) -> MachineLockError:
    return MachineLockError(
        f"cannot keep runs on this machine apart in {folder}: {why}; "
        "make room there, or set TMPDIR to a folder of yours"
    )
