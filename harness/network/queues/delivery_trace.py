"""Recorded links: times at which a packet can leave, in the format of Mahimahi."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

OPPORTUNITY_BYTES = 1500
MOST_OPPORTUNITIES = 100_000


def parse_deliveries(text: str) -> tuple[int, ...]:
    """Opportunities of a packet-delivery trace, as mm-link(1) of Mahimahi reads it.

    A line is a time in whole ms, at which 1500 bytes may leave; several lines may have one time.
    After the last time the trace begins anew, so it is the period.

    Raises: ValueError with the line that is wrong.
    """
    times: list[int] = []
    for number, line in enumerate(text.splitlines(), 1):
        word = line.strip()
        if not (word.isascii() and word.isdigit() and len(word) <= 9):
            raise ValueError(f"line {number}: a time in whole ms is expected, not {word[:20]!r}")
        if times and int(word) < times[-1]:
            raise ValueError(f"line {number}: {word} ms is before the line above")
        if len(times) == MOST_OPPORTUNITIES:
            raise ValueError(f"line {number}: a trace has {MOST_OPPORTUNITIES} lines at most")
        times.append(int(word))
    if not times or times[-1] == 0:
        raise ValueError("the last line must be a time above 0: it is the trace's period")
    return tuple(times)


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
