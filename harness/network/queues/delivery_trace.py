"""Recorded links: times at which a packet can leave, as Mahimahi replays them (mm-link)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

OPPORTUNITY_BYTES = 1500
MOST_OPPORTUNITIES = 100_000


class TraceLink:
    """A link that sends OPPORTUNITY_BYTES at each of certain times; implements `Link`.

    As Mahimahi's: what does not fit goes on with the next opportunity, several packets share one
    when they wait for it, and what is left of it when nothing waits is lost.

    Args:
        opportunities_ns: In order, within one period.
        period_ns: After which they come again.
        since_ns: When the first period begins.
    """

    __slots__ = ("_at_ns", "_left_bytes", "_number", "_opportunities_ns", "_period_ns", "_since_ns")

    def __init__(self, opportunities_ns: Sequence[int], *, period_ns: int, since_ns: int) -> None:
        self._opportunities_ns = opportunities_ns
        self._period_ns = period_ns
        self._since_ns = since_ns
        self._number = -1
        """Of the opportunity in use, over all periods."""
        self._at_ns = -1
        self._left_bytes = 0

    def ready_ns(self, now_ns: int) -> int:
        """The opportunity in use while it lasts, or the next one."""
        if now_ns > self._at_ns:
            self._use(self._first_after(now_ns))
        elif not self._left_bytes:
            self._use(self._number + 1)
        return self._at_ns

    def finish_ns(self, begin_ns: int, size: int) -> int:
        """The opportunity with which the last byte leaves."""
        while size > self._left_bytes:
            size -= self._left_bytes
            self._use(self._number + 1)
        self._left_bytes -= size
        return self._at_ns

    def _use(self, number: int) -> None:
        period, at = divmod(number, len(self._opportunities_ns))
        self._number = number
        self._at_ns = self._since_ns + period * self._period_ns + self._opportunities_ns[at]
        self._left_bytes = OPPORTUNITY_BYTES

    def _first_after(self, now_ns: int) -> int:
        period, after_ns = divmod(now_ns - self._since_ns, self._period_ns)
        at = bisect_right(self._opportunities_ns, after_ns)
        return period * len(self._opportunities_ns) + at
