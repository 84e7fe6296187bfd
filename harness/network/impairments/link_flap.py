"""A link that goes down and comes up again."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from harness.evidence.clock import NS_PER_MS
from harness.network.impairment import MOST_MS, Course, Filter, FilterPlan, Packet


class LinkFlap(Filter, frozen=True, kw_only=True, tag="link_flap"):
    """Passes everything for `up_ms`, drops everything for `down_ms`, and so on; begins up."""

    title: ClassVar[str] = "passes everything for a time, then nothing for a time, in turn, ms"

    up_ms: Annotated[float, Meta(gt=0, le=MOST_MS)]
    down_ms: Annotated[float, Meta(gt=0, le=MOST_MS)]

    def plan(self, course: Course) -> FilterPlan:
        """Not random."""
        since_ns = course.since_ns
        up_ns = round(self.up_ms * NS_PER_MS)
        period_ns = up_ns + round(self.down_ms * NS_PER_MS)

        def dropped(n: int, packet: Packet, now_ns: int) -> bool:
            return (now_ns - since_ns) % period_ns >= up_ns

        return dropped
