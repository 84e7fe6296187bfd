"""Packets that come twice."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from harness.evidence.clock import NS_PER_MS
from harness.evidence.ledger_records import COPY
from harness.network.impairment import Course, Delivery, Exit, ExitPlan, Packet


class Duplicate(Exit, frozen=True, kw_only=True, tag="duplicate"):
    """Sends a second copy of a packet, `later_ms` later, with probability `ratio`.

    Packets that come meanwhile do not wait for the copy: later, it is what an attacker would
    replay.
    """

    title: ClassVar[str] = "sends a packet twice with a probability, 0 to 1, the copy later, ms"

    ratio: Annotated[float, Meta(ge=0, le=1)]
    later_ms: Annotated[float, Meta(ge=0, le=60_000)] = 0

    def plan(self, course: Course) -> ExitPlan:
        """Packet n is sent twice where its random number is below the ratio."""
        uniform, ratio, mark = course.uniform, self.ratio, COPY | course.cause
        later_ns = round(self.later_ms * NS_PER_MS)

        def leave(n: int, packet: Packet, deliveries: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
            if uniform(n) >= ratio:
                return deliveries
            return (*deliveries, Delivery(deliveries[0].at_ns + later_ns, mark))

        return leave
