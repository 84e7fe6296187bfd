"""Packets that come twice."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from harness.evidence.ledger_records import COPY
from harness.network.impairment import Course, Delivery, Exit, ExitPlan, Packet


class Duplicate(Exit, frozen=True, kw_only=True, tag="duplicate"):
    """Sends a second copy of a packet, at the same time, with probability `ratio`."""

    title: ClassVar[str] = "sends a packet twice with a probability, 0 to 1"

    ratio: Annotated[float, Meta(ge=0, le=1)]

    def plan(self, course: Course) -> ExitPlan:
        """Packet n is sent twice where its random number is below the ratio."""
        uniform, ratio, mark = course.uniform, self.ratio, COPY | course.cause

        def leave(n: int, packet: Packet, deliveries: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
            if uniform(n) >= ratio:
                return deliveries
            return (*deliveries, Delivery(deliveries[0].at_ns, mark))

        return leave
