"""Packets that others overtake."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from harness.evidence.clock import NS_PER_MS
from harness.network.impairment import Course, Queue, Queueing
from harness.network.queues.reorder_queue import ReorderQueue


class Reorder(Queueing, frozen=True, kw_only=True, tag="reorder"):
    """Holds a packet back with probability `ratio` until `distance_packets` have overtaken it.

    Only packets that are not held back themselves overtake: they pass at once. After `most_ms` it
    comes out all the same. At a ratio of 1 nothing is overtaken, and everything `most_ms` late.
    """

    title: ClassVar[str] = "lets others overtake a packet with a probability, 0 to 1, by a distance"

    ratio: Annotated[float, Meta(ge=0, le=1)]
    distance_packets: Annotated[int, Meta(ge=1, le=1000)]
    most_ms: Annotated[float, Meta(gt=0, le=60_000)] = 1000

    def queue(self, course: Course, *, free_ns: int = 0) -> Queue:
        """Packet n is held back where its random number is below the ratio."""
        uniform, ratio = course.uniform, self.ratio
        return ReorderQueue(
            lambda n: uniform(n) < ratio,
            distance_packets=self.distance_packets,
            most_ns=round(self.most_ms * NS_PER_MS),
        )
