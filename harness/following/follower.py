"""One run that is followed: its events, and what stored runs tell of its time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from harness.evidence.clock import NS_PER_S, Ns
from harness.evidence.clock import now_ns as clock_ns
from harness.following.followed import Followed, Key
from harness.following.tail import Tail
from harness.following.to_go import CellTime, Estimate
from harness.following.usual import usual_times

FRESH_NS = 5 * NS_PER_S
"""An estimate is made anew after that, or once a scenario is over."""
T = TypeVar("T")


class Follower:
    """Follows the run of a folder, which need not be there yet. Thread-safe.

    Args:
        folder: Of the run; beside it are the stored ones.
        processes: That play it.
        now_ns: The clock.
    """

    def __init__(
        self, folder: Path, *, processes: int = 1, now_ns: Callable[[], Ns] = clock_ns
    ) -> None:
        self.folder = folder
        self.processes = processes
        self._now_ns = now_ns
        self._lock = threading.Lock()
        self._tail = Tail(folder)
        self._followed = Followed()
        self._usual: dict[Key, CellTime] | None = None
        self._estimate: tuple[int, Ns, Estimate | None] | None = None

    def look(self, read: Callable[[Followed, Ns], T]) -> T:
        """What a function makes of the run as it is now; it keeps nothing of it."""
        with self._lock:
            self._followed.take(self._tail.read())
            return read(self._followed, self._now_ns())

    @property
    def unreadable(self) -> int:
        """Lines so far that hold no event."""
        return self._tail.unreadable

    def to_go(self) -> Estimate | None:
        """How long still, or None while too little is known."""
        return self.look(self._to_go)

    def _to_go(self, followed: Followed, now_ns: Ns) -> Estimate | None:
        if followed.started is None:
            return None
        if self._usual is None:
            wanted = followed.planned.keys()
            self._usual = usual_times(self.folder.parent, wanted, without=self.folder)
        last = self._estimate
        if last is None or last[0] != followed.done or now_ns - last[1] > FRESH_NS:
            left = followed.to_go(self._usual, now_ns=now_ns, processes=self.processes)
            last = self._estimate = (followed.done, now_ns, left)
        return last[2]
