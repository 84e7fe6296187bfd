"""The processes of a run: what each of them is, and what is left of them and of what they held."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil

MAIN, WORKER, KEEPER, GATEWAY, RELAY = "pytest", "xdist worker", "keeper", "gateway", "relay"
PARTICIPANT, GUEST, WATCHER, SERVER, TOXIPROXY = (
    "participant",
    "guest",
    "watcher",
    "livekit-server",
    "toxiproxy",
)
KINDS = (MAIN, WORKER, KEEPER, GATEWAY, RELAY, PARTICIPANT, GUEST, WATCHER, SERVER, TOXIPROXY)
_BY_LOG = {
    "keeper.log": KEEPER,
    "gateway.log": GATEWAY,
    "worker.log": PARTICIPANT,
    "guest.log": GUEST,
    "watcher.log": WATCHER,
    "livekit-server.log": SERVER,
    "toxiproxy.log": TOXIPROXY,
}
"""Every program that a keeper starts writes its own log."""


class Family:
    """A run of pytest and everything that came of it.

    Args:
        main: Process id of pytest.
    """

    def __init__(self, main: int) -> None:
        self._main = psutil.Process(main)
        self._seen: dict[psutil.Process, str] = {}
        self.ports: set[tuple[socket.SocketKind, int]] = set()
        """Kind and number of every port that one of them was seen to listen on."""

    def look(self) -> dict[str, list[psutil.Process]]:
        """Those that run now, by what they are."""
        with suppress(psutil.Error):
            for process in (self._main, *self._main.children(recursive=True)):
                if self._seen.get(process) is None and (kind := self._kind(process)):
                    self._seen[process] = kind
        found: dict[str, list[psutil.Process]] = {}
        for process, kind in self._seen.items():
            if _runs(process):
                found.setdefault(kind, []).append(process)
        return found

    def note_ports(self) -> None:
        """Note the ports on which those that run now listen."""
        for process in self._seen:
            with suppress(psutil.Error):
                for one in process.net_connections("inet4"):
                    if not one.raddr:
                        self.ports.add((socket.SocketKind(one.type), one.laddr.port))

    def alive(self) -> list[str]:
        """What still runs of all that was ever seen."""
        return [f"process: {kind}" for process, kind in self._seen.items() if _runs(process)]

    def _kind(self, process: psutil.Process) -> str | None:
        """What it is; None while it is between fork and its first own act."""
        if process == self._main:
            return MAIN
        kind = _BY_LOG.get(Path(_output(process.pid)).name)
        parent = process.parent()
        if kind is KEEPER and parent is not None and self._seen.get(parent) is KEEPER:
            return None  # a fork of it that has no log of its own yet
        if kind is GATEWAY and parent is not None and self._seen.get(parent) is GATEWAY:
            return RELAY
        if kind is None and parent == self._main and "-c" in process.cmdline():
            return WORKER
        return kind


def _output(pid: int) -> str:
    try:
        return str(Path(f"/proc/{pid}/fd/1").readlink())
    except OSError:
        return ""


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def taken_ports(ports: Iterable[tuple[socket.SocketKind, int]]) -> Iterator[str]:
    """Those that cannot be had again."""
    for kind, number in sorted(ports):
        with socket.socket(socket.AF_INET, kind) as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # TIME_WAIT is no leftover
            try:
                one.bind(("127.0.0.1", number))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    yield f"port: {number}/{kind.name}"


def left_files(temporary: Path) -> Iterator[str]:
    """What a run left in its folder for temporary files, other than a lock that nobody holds."""
    locks = temporary / f"livekit-harness-{os.getuid()}"
    for path in temporary.iterdir():
        if path != locks:
            yield f"temporary: {path.name}"
    for file in locks.iterdir() if locks.is_dir() else ():
        with file.open("rb") as opened:
            try:
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield f"lock: {file.name}"
