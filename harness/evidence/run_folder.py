"""The folder of one run: made, written while the run goes on, and readable however it ended.

reports/
  latest -> 20261121T000528.123456Z-3f9a1c
  history.ndjson           verdicts of runs whose folders are gone
  20261121T000528.123456Z-3f9a1c/
    owner.json             process that writes here: pid and start time
    events.ndjson          what happened, one event a line; events-<worker>.ndjson of others
    attempts/ …            recordings, ledger, logs
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import psutil

from harness.evidence.history import remember
from harness.evidence.json_value import read_json
from harness.evidence.run_event import RunEvent, encode

KEEP_RUNS = 20
"""Run folders that are kept, the newest; older ones go when a new one is made."""
NAME = re.compile(r"[0-9]{8}T[0-9]{6}\.[0-9]{6}Z-[0-9a-f]{6}")
MAIN = "events.ndjson"
"""What the process writes that began the run, and ends it."""
OWNER = "owner.json"
LATEST = "latest"
REPORT = "report.html"


class RunFolderError(OSError):
    """The folder of a run cannot be made, written or read: says which, why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The process that writes a run folder."""

    pid: Annotated[int, msgspec.Meta(ge=1, lt=2**31)]
    created_s: float
    """Its start, seconds since 1970, which tells it from a later process with the same pid."""

    @classmethod
    def current(cls) -> Owner:
        """This process."""
        process = psutil.Process()
        return cls(pid=process.pid, created_s=process.create_time())

    def alive(self) -> bool:
        """Whether that process still runs."""
        try:
            process = psutil.Process(self.pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            # the start time is computed from the wall clock, which may have been set meanwhile
            return abs(process.create_time() - self.created_s) < 2.0
        except psutil.Error:
            return False


_OWNER = msgspec.json.Decoder(Owner)


class RunFolder:
    """One writer of a run folder. Thread-safe; each process of a run has a writer of its own.

    Args:
        path: The folder, which must be there.
        worker: Name of a further process of the same run, which gets an event file of its own.
    """

    def __init__(self, path: Path, *, worker: str | None = None) -> None:
        self.path = path
        self._file = path / (f"events-{worker}.ndjson" if worker else MAIN)
        self._lock = threading.Lock()
        try:
            self._fd = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            raise _cannot("write", self._file, error) from None

    @classmethod
    def create(cls, root: Path) -> RunFolder:
        """Make a new folder under `root`, point `latest` to it and remove the oldest ones.

        Raises RunFolderError when `root` cannot be written.
        """
        return cls.enter(new_path(root))

    @classmethod
    def enter(cls, path: Path, *, worker: str | None = None) -> RunFolder:
        """As `create`, at a path of `new_path`, which another process of the run may have made.

        Raises RunFolderError when it cannot be written.
        """
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            return cls(path, worker=worker)
        except OSError as error:
            raise _cannot("write", path, error) from None
        try:
            (path / OWNER).write_bytes(msgspec.json.encode(Owner.current()))
            _point_latest(path.parent, path.name)
        except OSError as error:
            shutil.rmtree(path, ignore_errors=True)  # a full disk may have let us begin
            raise _cannot("write", path, error) from None
        folder = cls(path, worker=worker)
        prune(path.parent, keep=KEEP_RUNS)
        return folder

    def append(self, event: RunEvent) -> None:
        """Write one event; when this returns, a kill of the process cannot lose it.

        Raises RunFolderError when the disk is full or the folder went away.
        """
        line = encode(event)
        with self._lock:
            size = os.fstat(self._fd).st_size
            try:
                _write_whole(self._fd, line)
            except OSError as error:
                os.ftruncate(self._fd, size)  # no half line for the next one to be glued to
                raise _cannot("write", self._file, error) from None

    def close(self) -> None:
        """No further event is written. May be called twice."""
        with self._lock:
            if self._fd >= 0:
                os.close(self._fd)
                self._fd = -1


def new_path(root: Path) -> Path:
    """Where a run that begins now has its folder; nothing is made."""
    return root / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}Z-{secrets.token_hex(3)}"


def owner_of(folder: Path) -> Owner | None:
    """Who writes a run folder, or None when it does not say."""
    try:
        return read_json((folder / OWNER).read_bytes(), _OWNER)
    except (OSError, ValueError):
        return None


def run_folders(root: Path) -> list[Path]:
    """The run folders under `root`, oldest first; nothing that only looks a bit like one."""
    if not root.is_dir():
        return []
    return sorted(
        path
        for path in root.iterdir()
        if NAME.fullmatch(path.name)
        and path.is_dir()
        and not path.is_symlink()
        and ((path / OWNER).is_file() or (path / MAIN).is_file())
    )


def prune(root: Path, *, keep: int) -> list[Path]:
    """Remove the oldest run folders but `keep`, never one whose process still runs.

    Their verdicts go into the history. Returns those that were removed. What cannot be removed, or
    not be remembered, stays: it is no reason not to run.
    """
    old = run_folders(root)[: -keep or None]
    ended = [path for path in old if not ((owner := owner_of(path)) and owner.alive())]
    for path in ended:
        with suppress(OSError):
            remember(path)
            shutil.rmtree(path, ignore_errors=True)
    return [path for path in ended if not path.exists()]


def unreported(root: Path) -> list[Path]:
    """Run folders whose run ended before it could write its report."""
    return [
        path
        for path in run_folders(root)
        if not (path / REPORT).exists() and not ((owner := owner_of(path)) and owner.alive())
    ]


def latest(root: Path) -> Path | None:
    """The folder that `latest` points to, or None."""
    link = root / LATEST
    if link.is_dir():
        return link.resolve()
    try:
        return root / (root / f"{LATEST}.txt").read_text(encoding="utf-8").strip()
    except OSError:
        return None


def _write_whole(fd: int, line: bytes) -> None:
    if os.write(fd, line) < len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _point_latest(root: Path, name: str) -> None:
    """Replace the link in one step; a text file with the name where links are not to be had."""
    fresh = root / f".latest-{secrets.token_hex(3)}"
    try:
        fresh.symlink_to(name, target_is_directory=True)
        fresh.replace(root / LATEST)
    except OSError:
        fresh.unlink(missing_ok=True)
        fresh.write_text(f"{name}\n", encoding="utf-8")
        fresh.replace(root / f"{LATEST}.txt")


def _cannot(do: str, path: Path, error: OSError) -> RunFolderError:
    return RunFolderError(
        f"cannot {do} {path}: {error.strerror}; make room there or choose another report folder"
    )
