"""Times in which nothing passes."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from harness.evidence.clock import NS_PER_MS
from harness.network.impairment import MOST_MS, Course, Filter, FilterPlan, Packet


class Blackhole(Filter, frozen=True, kw_only=True, tag="blackhole"):
    """Drops everything for `for_ms`, from `from_ms` on and again each `every_ms`.

    Times count from when it is in force. Without `for_ms` it is for good, without `every_ms` once.
    """

    title: ClassVar[str] = "drops everything in these times, ms"

    from_ms: Annotated[float, Meta(ge=0, le=MOST_MS)] = 0
    for_ms: Annotated[float, Meta(gt=0, le=MOST_MS)] | None = None
    every_ms: Annotated[float, Meta(gt=0, le=MOST_MS)] | None = None
    """From one beginning to the next."""

    def __post_init__(self) -> None:
        """Raises: ValueError when it would begin anew before it is over."""
        if self.every_ms is not None and (self.for_ms is None or self.for_ms >= self.every_ms):
            raise ValueError("`every_ms` must be longer than `for_ms`, which must be given")

    def plan(self, course: Course) -> FilterPlan:
        """Not random."""
        begin_ns = course.since_ns + round(self.from_ms * NS_PER_MS)
        length_ns = None if self.for_ms is None else round(self.for_ms * NS_PER_MS)
        period_ns = None if self.every_ms is None else round(self.every_ms * NS_PER_MS)

        def dropped(n: int, packet: Packet, now_ns: int) -> bool:
            after_ns = now_ns - begin_ns
            if after_ns < 0:
                return False
            if period_ns is not None:
                after_ns %= period_ns
            return length_ns is None or after_ns < length_ns

        return dropped
