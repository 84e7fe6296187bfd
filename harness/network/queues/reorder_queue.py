"""A queue in which some packets wait until others have overtaken them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from harness.network.impairment import Waiting

MOST_HELD = 1000
"""While so many are held back, all others pass."""


class ReorderQueue:
    """Chosen packets wait for others, which pass at once; implements `Queue`.

    Args:
        chosen: Whether packet n is held back.
        distance_packets: How many must pass it before it comes out.
        most_ns: How long it waits for them.
    """

    __slots__ = ("_chosen", "_distance", "_held", "_most_ns", "_out", "_passed")

    free_ns = 0
    """It is never busy."""

    def __init__(
        self, chosen: Callable[[int], bool], *, distance_packets: int, most_ns: int
    ) -> None:
        self._chosen = chosen
        self._distance = distance_packets
        self._most_ns = most_ns
        self._passed = 0
        self._held: deque[tuple[Waiting, int, int]] = deque()
        """With how many must have passed, and until when it waits: both grow along the queue."""
        self._out: list[tuple[Waiting, int | None]] = []

    def put(self, waiting: Waiting, now_ns: int) -> bool:
        """Take a packet in; there is always room."""
        if self._chosen(waiting.n) and len(self._held) < MOST_HELD:
            self._held.append((waiting, self._passed + self._distance, now_ns + self._most_ns))
            return True
        self._passed += 1
        self._out.append((waiting, now_ns))
        while self._held and self._held[0][1] <= self._passed:
            self._out.append((self._held.popleft()[0], now_ns))
        return True

    @property
    def next_ns(self) -> int | None:
        """At once when a packet passed, or when the first has waited long enough."""
        if self._out:
            return self._out[0][1]
        return self._held[0][2] if self._held else None

    def take(self, now_ns: int) -> list[tuple[Waiting, int | None]]:
        """What passed, what was overtaken often enough, what has waited long enough."""
        out, self._out = self._out, []
        while self._held and self._held[0][2] <= now_ns:
            waiting, _, until_ns = self._held.popleft()
            out.append((waiting, until_ns))
        return out

    def drain(self) -> list[Waiting]:
        """All that is held back, in its order."""
        left = [waiting for waiting, _ in self._out] + [waiting for waiting, _, _ in self._held]
        self._out.clear()
        self._held.clear()
        return left
