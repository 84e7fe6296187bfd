"""How well a participant keeps up: loop lag, late hand-overs, CPU. The base of INCONCLUSIVE."""

from __future__ import annotations

import asyncio
import time

import numpy as np

from harness.evidence.clock import NS_PER_MS, NS_PER_S, now_ns
from harness.participant.protocol import Health

LATE_NS = 10 * NS_PER_MS
_TICK_S = 0.02
_BUCKET_NS = NS_PER_MS // 10
_BUCKETS = 2000


class HealthMonitor:
    """Counts since the last report. Lag goes into 0.1 ms buckets up to 200 ms."""

    def __init__(self) -> None:
        self._lag = np.zeros(_BUCKETS, dtype=np.int64)
        self.restart()

    def restart(self) -> None:
        """Forget what was counted; the next report begins here."""
        self._since_ns = now_ns()
        self._cpu_ns = time.process_time_ns()
        self._lag[:] = 0
        self._lag_max_ns = 0
        self._handovers = self._late = self._skipped = 0

    def lagged(self, lag_ns: int) -> None:
        """The event loop woke `lag_ns` after it was asked to."""
        lag_ns = max(0, lag_ns)
        self._lag[min(lag_ns // _BUCKET_NS, _BUCKETS - 1)] += 1
        self._lag_max_ns = max(self._lag_max_ns, lag_ns)

    def handed_over(self, behind_ns: int, *, skipped: int = 0) -> None:
        """A frame was given to the SDK, `behind_ns` after it was due."""
        self._handovers += 1
        self._late += behind_ns > LATE_NS
        self._skipped += skipped

    def report(self) -> Health:
        """Figures since the last report; counting starts anew."""
        at_ns, cpu_ns = now_ns(), time.process_time_ns()
        health = Health(
            since_ns=self._since_ns,
            at_ns=at_ns,
            loop_lag_p99_ms=self._lag_quantile_ms(0.99),
            loop_lag_max_ms=self._lag_max_ns / NS_PER_MS,
            handovers=self._handovers,
            late=self._late,
            skipped=self._skipped,
            cpu_ratio=(cpu_ns - self._cpu_ns) / max(1, at_ns - self._since_ns),
        )
        self.restart()
        return health

    def _lag_quantile_ms(self, quantile: float) -> float:
        """Upper edge of the bucket that holds the quantile; 0 when nothing was counted."""
        total = int(self._lag.sum())
        if total == 0:
            return 0.0
        bucket = int(np.searchsorted(np.cumsum(self._lag), quantile * total))
        return min((bucket + 1) * _BUCKET_NS, self._lag_max_ns) / NS_PER_MS

    async def watch(self) -> None:
        """Measure loop lag until cancelled."""
        while True:
            due_ns = now_ns() + int(_TICK_S * NS_PER_S)
            await asyncio.sleep(_TICK_S)
            self.lagged(now_ns() - due_ns)
