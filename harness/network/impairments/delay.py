"""Constant delay."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from harness.evidence.clock import NS_PER_MS
from harness.network.impairment import Course, Delivery, Exit, ExitPlan, Packet, later


class Delay(Exit, frozen=True, kw_only=True, tag="delay"):
    """Every packet leaves `delay_ms` later."""

    title: ClassVar[str] = "delays each packet by a constant time, ms"

    delay_ms: Annotated[float, Meta(ge=0, le=60_000)]

    def plan(self, course: Course) -> ExitPlan:
        """Not random."""
        delay_ns = round(self.delay_ms * NS_PER_MS)

        def leave(n: int, packet: Packet, deliveries: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
            return later(deliveries, delay_ns)

        return leave
