"""A process that the keeper started, as its run sees it."""

from __future__ import annotations

import os
import signal
import socket as sockets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_TAIL_SIZE = 65536


@dataclass(frozen=True, kw_only=True)
class Exit:
    """How a process ended. Both None: unknown, because the keeper was gone first."""

    code: int | None
    signal: int | None

    def __str__(self) -> str:
        if self.signal is not None:
            return f"killed by {signal.Signals(self.signal).name}"
        if self.code is not None:
            return f"exit code {self.code}"
        return "ended together with the keeper"


class Child:
    """One process: who it is, how it ended, what it printed last."""

    pid: int
    name: str
    log: Path
    socket: sockets.socket | None
    """Our end of a stream socket to a forked program, blocking; None for a foreign program."""
    exited: Exit | None
    """Set when the keeper has reaped it."""

    def __init__(
        self,
        *,
        name: str,
        log: Path,
        channel: sockets.socket | None,
        signal_with: Callable[[Child, signal.Signals], None],
    ) -> None:
        self.pid = 0
        self.name = name
        self.log = log
        self.socket = channel
        self.exited = None
        self._signal_with = signal_with
        self._changed = threading.Condition()

    def wait(self, timeout_s: float) -> Exit | None:
        """Wait for its end; None if it still runs after the time limit."""
        with self._changed:
            self._changed.wait_for(lambda: self.exited is not None, timeout_s)
            return self.exited

    def terminate(self) -> None:
        """SIGTERM to it and its process group; nothing if it has ended."""
        self._signal_with(self, signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to it and its process group; nothing if it has ended."""
        self._signal_with(self, signal.SIGKILL)

    def pause(self) -> None:
        """SIGSTOP to it and its process group; nothing if it has ended."""
        self._signal_with(self, signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT to it and its process group; nothing if it has ended."""
        self._signal_with(self, signal.SIGCONT)

    def last_lines(self, n: int = 10) -> list[str]:
        """The last lines of its log; empty if there is none."""
        try:
            with self.log.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_SIZE))
                tail = file.read()
        except OSError:
            return []
        return tail.decode(errors="replace").splitlines()[-n:]

    def set_exited(self, exited: Exit) -> None:
        """For the keeper's reader thread: it has ended; tells everyone who waits."""
        with self._changed:
            self.exited = exited
            self._changed.notify_all()
