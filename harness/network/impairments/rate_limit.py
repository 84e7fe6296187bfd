"""A bottleneck of one rate."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from harness.network.impairment import Course, Queue
from harness.network.queues.bottleneck import Bottleneck
from harness.network.queues.bottleneck_queue import BottleneckQueue
from harness.network.queues.link import ConstantRate


class RateLimit(Bottleneck, frozen=True, kw_only=True, tag="rate_limit"):
    """Packets leave one after the other, at `rate_kbps` of datagrams (without IP and UDP headers).

    A packet that is being sent when the rate changes begins anew at the new rate.
    """

    title: ClassVar[str] = "lets packets through at a rate, kbit/s; others wait in a queue, ms or B"

    rate_kbps: Annotated[float, Meta(ge=1, le=10_000_000)]

    def queue(self, course: Course, *, free_ns: int = 0) -> Queue:
        """Not random."""
        rate_bps = round(self.rate_kbps * 1000)
        link = ConstantRate(rate_bps=rate_bps)
        return BottleneckQueue(link, self.discipline(rate_bps), free_ns=free_ns)
