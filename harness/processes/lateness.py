"""How late something came, many times over: counted in memory of a fixed size."""

from __future__ import annotations

import numpy as np

from harness.evidence.clock import NS_PER_MS

_BUCKET_NS = NS_PER_MS // 10
_BUCKETS = 2000


class Lateness:
    """Times in 0.1 ms buckets up to 200 ms, the largest as it was. What is below 0 counts as 0."""

    def __init__(self) -> None:
        self._counts = np.zeros(_BUCKETS, dtype=np.int64)
        self.total = 0
        """How many were counted."""
        self.max_ns = 0

    def add(self, late_ns: int) -> None:
        """Count one."""
        late_ns = max(0, late_ns)
        self._counts[min(late_ns // _BUCKET_NS, _BUCKETS - 1)] += 1
        self.total += 1
        self.max_ns = max(self.max_ns, late_ns)

    def quantile_ms(self, quantile: float) -> float:
        """Upper edge of the bucket that holds the quantile; 0 when nothing was counted."""
        if self.total == 0:
            return 0.0
        bucket = int(np.searchsorted(np.cumsum(self._counts), quantile * self.total))
        return min((bucket + 1) * _BUCKET_NS, self.max_ns) / NS_PER_MS

    def restart(self) -> None:
        """Forget all."""
        self._counts[:] = 0
        self.total = self.max_ns = 0
