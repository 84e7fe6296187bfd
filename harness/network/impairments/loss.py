"""Independent random loss (Bernoulli)."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from harness.network.impairment import Course, Filter, FilterPlan, Packet


class Loss(Filter, frozen=True, kw_only=True, tag="loss"):
    """Drops each packet with probability `ratio`, independently of all others."""

    title: ClassVar[str] = "drops each packet with a probability, 0 to 1"

    ratio: Annotated[float, Meta(ge=0, le=1)]

    def plan(self, course: Course) -> FilterPlan:
        """Packet n is dropped where its random number is below the ratio."""
        ratio, uniform = self.ratio, course.uniform

        def dropped(n: int, packet: Packet, now_ns: int) -> bool:
            return uniform(n) < ratio

        return dropped
