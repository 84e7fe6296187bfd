"""CoDel: packets are dropped when they have waited too long for too long (RFC 8289)."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from harness.network.impairment import Waiting
from harness.network.queues.fifo import Fifo

TARGET_NS = 5_000_000
INTERVAL_NS = 100_000_000
MAX_PACKET_BYTES = 1500
"""With so little behind a packet it is never dropped."""


class Codel:
    """The pseudocode of RFC 8289, section 5, on a queue that also has an end (tail drop).

    Args:
        fifo: An empty queue.
    """

    __slots__ = (
        "_count",
        "_drop_next_ns",
        "_dropping",
        "_fifo",
        "_first_above_ns",
        "_last_count",
    )

    def __init__(self, fifo: Fifo) -> None:
        self._fifo = fifo
        self._first_above_ns = 0
        """When packets have waited too long for an interval; 0 while they have not."""
        self._drop_next_ns = 0
        self._count = 0
        """Drops since dropping began."""
        self._last_count = 0
        self._dropping = False

    def put(self, waiting: Waiting, now_ns: int) -> bool:
        """Take a packet in; False when there is no room."""
        return self._fifo.put(waiting, now_ns)

    def pop(self) -> tuple[Waiting, int]:
        """The oldest packet, and since when it has waited, whatever the state."""
        return self._fifo.pop()

    def take(self, now_ns: int) -> tuple[Waiting, Sequence[Waiting]]:
        """What is to be sent now, and what is dropped before it.

        Raises: IndexError when nothing waits.
        """
        dropped: list[Waiting] = []
        waiting, may_drop = self._oldest(now_ns)
        if self._dropping:
            self._dropping = may_drop
            while self._dropping and now_ns >= self._drop_next_ns:
                dropped.append(waiting)
                self._count += 1
                waiting, self._dropping = self._oldest(now_ns)
                if self._dropping:
                    self._drop_next_ns = self._control_law(self._drop_next_ns)
        elif may_drop:
            dropped.append(waiting)
            waiting, _ = self._oldest(now_ns)
            self._dropping = True
            since_last = self._count - self._last_count
            recently = now_ns - self._drop_next_ns < 16 * INTERVAL_NS
            self._count = since_last if since_last > 1 and recently else 1
            self._drop_next_ns = self._control_law(now_ns)
            self._last_count = self._count
        return waiting, dropped

    def _oldest(self, now_ns: int) -> tuple[Waiting, bool]:
        """The oldest packet and whether it may be dropped: then at least one more waits."""
        waiting, since_ns = self._fifo.pop()
        if now_ns - since_ns < TARGET_NS or self._fifo.size_bytes <= MAX_PACKET_BYTES:
            self._first_above_ns = 0
            return waiting, False
        if self._first_above_ns == 0:
            self._first_above_ns = now_ns + INTERVAL_NS
            return waiting, False
        return waiting, now_ns >= self._first_above_ns

    def _control_law(self, after_ns: int) -> int:
        return after_ns + round(INTERVAL_NS / sqrt(self._count))
