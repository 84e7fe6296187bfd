"""Events of the native library that are put later than they came."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING

from harness.evidence.clock import NS_PER_S, now_ns

if TYPE_CHECKING:
    from harness.participant.tampering import FfiEvent, Put

MOST = 10_000


class Later:
    """Keeps events, in the order in which they are given, and puts each when its time has come."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[tuple[int, Put, FfiEvent]] = queue.Queue(MOST)
        threading.Thread(target=self._deliver, daemon=True).start()

    def give(self, put: Put, event: FfiEvent, late_s: float) -> None:
        """Have an event put so much later, on another thread; not before one given earlier."""
        self._waiting.put_nowait((now_ns() + int(late_s * NS_PER_S), put, event))

    def _deliver(self) -> None:
        while True:
            due_ns, put, event = self._waiting.get()
            time.sleep(max(0.0, (due_ns - now_ns()) / NS_PER_S))
            put(event)
