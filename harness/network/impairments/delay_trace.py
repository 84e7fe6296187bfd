"""Delay as it was recorded."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from harness.evidence.clock import NS_PER_MS
from harness.network.impairment import MOST_MS, Course, Delivery, Exit, ExitPlan, Packet

_Delay = Annotated[float, Meta(ge=0, le=60_000)]


class DelayTrace(Exit, frozen=True, kw_only=True, tag="delay_trace"):
    """Delays packets by the value of a trace for the time at which they get here.

    Each value holds for `step_ms`, the first from when the trace is in force; after the last it
    begins again. What other impairments delay gets here later. No packet overtakes another.
    """

    title: ClassVar[str] = "delays packets by the values of a trace, each for a time, ms"

    delays_ms: Annotated[tuple[_Delay, ...], Meta(min_length=1, max_length=100_000)]
    step_ms: Annotated[float, Meta(ge=1, le=MOST_MS)]

    def plan(self, course: Course) -> ExitPlan:
        """Not random."""
        since_ns, step_ns = course.since_ns, round(self.step_ms * NS_PER_MS)
        delays_ns = [round(delay_ms * NS_PER_MS) for delay_ms in self.delays_ms]
        count = len(delays_ns)

        def leave(n: int, packet: Packet, deliveries: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
            return tuple(
                one._replace(at_ns=one.at_ns + delays_ns[(one.at_ns - since_ns) // step_ns % count])
                for one in deliveries
            )

        return leave
