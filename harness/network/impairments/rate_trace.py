"""A bottleneck whose rate was recorded."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, ClassVar

from msgspec import Meta

from harness.evidence.clock import NS_PER_MS
from harness.network.impairment import MOST_MS, Course, Queue
from harness.network.queues.bottleneck import Bottleneck
from harness.network.queues.bottleneck_queue import BottleneckQueue
from harness.network.queues.delivery_trace import MOST_OPPORTUNITIES, OPPORTUNITY_BYTES, TraceLink

_Time = Annotated[int, Meta(ge=0, le=MOST_MS)]


class RateTrace(Bottleneck, frozen=True, kw_only=True, tag="rate_trace"):
    """At each of `opportunities_ms` 1500 bytes of datagrams may leave, and again each `period_ms`.

    Times count from when it is in force. `queue_ms` is meant at the mean rate of the trace.
    """

    title: ClassVar[str] = "lets packets through at recorded times, ms; others wait in a queue"

    opportunities_ms: Annotated[
        tuple[_Time, ...], Meta(min_length=1, max_length=MOST_OPPORTUNITIES)
    ]
    """In order; a time that comes twice is two opportunities."""
    period_ms: Annotated[int, Meta(gt=0, le=MOST_MS)] | None = None
    """By default the last opportunity, as Mahimahi has it."""

    def __post_init__(self) -> None:
        """Raises: ValueError for times in no order or outside of the period."""
        Bottleneck.__post_init__(self)
        if any(later < earlier for earlier, later in pairwise(self.opportunities_ms)):
            raise ValueError("`opportunities_ms` must be in order of time")
        if not self._period_ms > 0 or self._period_ms < self.opportunities_ms[-1]:
            raise ValueError("`period_ms` must be above 0 and not before the last opportunity")

    @property
    def _period_ms(self) -> int:
        return self.opportunities_ms[-1] if self.period_ms is None else self.period_ms

    def queue(self, course: Course, *, free_ns: int = 0) -> Queue:
        """Not random."""
        period_ms = self._period_ms
        link = TraceLink(
            [at_ms * NS_PER_MS for at_ms in self.opportunities_ms],
            period_ns=period_ms * NS_PER_MS,
            since_ns=course.since_ns,
        )
        bits = len(self.opportunities_ms) * OPPORTUNITY_BYTES * 8
        return BottleneckQueue(link, self.discipline(bits * 1000 // period_ms), free_ns=free_ns)
