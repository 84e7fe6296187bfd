"""Processor time of processes by thread, and of the machine without them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

import msgspec


class Threads(msgspec.Struct, frozen=True, kw_only=True):
    """Processor time that a process has taken so far."""

    main_ns: int
    """Its first thread: in a participant, the one that runs Python."""
    others_ns: int
    """All others that are there: in a participant, the SDK's native threads."""

    @property
    def all_ns(self) -> int:
        """Of all its threads."""
        return self.main_ns + self.others_ns

    def since(self, before: Threads) -> Threads:
        """What it has taken since then."""
        return Threads(
            main_ns=self.main_ns - before.main_ns, others_ns=self.others_ns - before.others_ns
        )


def read_threads(pid: int) -> Threads:
    """Read a process; threads that have ended are forgotten."""
    taken_ns = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # a thread that ends now
            taken_ns[int(task.name)] = _taken_ns(task)
    main_ns = taken_ns.pop(pid, 0)
    return Threads(main_ns=main_ns, others_ns=sum(taken_ns.values()))


def read_all(pids: Iterable[int]) -> dict[int, Threads]:
    """Read some processes, by their number."""
    return {pid: read_threads(pid) for pid in pids}


def _taken_ns(task: Path) -> int:
    """First field of schedstat: nanoseconds on a processor."""
    return int((task / "schedstat").read_text().split()[0])
