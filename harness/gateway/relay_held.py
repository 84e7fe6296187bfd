"""Packets that leave later: a bounded heap, in order of time."""

from __future__ import annotations

import heapq
from typing import NamedTuple

from harness.gateway.relay_flows import Stream
from harness.gateway.relay_sides import Source
from harness.network.impairment import Delivery
from harness.processes.lateness import Lateness

MAX_HELD = 65_536
"""Packets; more would be seconds of a line at full rate."""


class Parcel(NamedTuple):
    """A packet under way."""

    stream: Stream
    n: int
    """Its number in the stream."""
    source: Source
    data: bytes


class Held:
    """Deliveries that wait for their time; those of the same time keep their order."""

    __slots__ = ("_heap", "_number", "late")

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Delivery, Parcel]] = []
        self._number = 0
        self.late = Lateness()
        """How late they were taken."""

    def put(self, delivery: Delivery, parcel: Parcel) -> bool:
        """Keep a delivery until its time; False when there is no room."""
        if len(self._heap) >= MAX_HELD:
            return False
        self._number += 1
        heapq.heappush(self._heap, (delivery.at_ns, self._number, delivery, parcel))
        return True

    @property
    def next_ns(self) -> int | None:
        """When the first one leaves, or None."""
        return self._heap[0][0] if self._heap else None

    def take(self, now_ns: int) -> tuple[Delivery, Parcel] | None:
        """The first one, if its time has come."""
        if not self._heap or self._heap[0][0] > now_ns:
            return None
        self.late.add(now_ns - self._heap[0][0])
        return heapq.heappop(self._heap)[2:]
