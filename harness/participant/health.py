"""How well a participant keeps up: loop lag, late hand-overs, CPU. The base of INCONCLUSIVE."""

from __future__ import annotations

import asyncio
import time

from harness.evidence.clock import NS_PER_MS, NS_PER_S, now_ns
from harness.participant.protocol import Health
from harness.processes.lateness import Lateness

LATE_NS = 10 * NS_PER_MS
_TICK_S = 0.02


class HealthMonitor:
    """Counts since the last report."""

    def __init__(self) -> None:
        self._lag = Lateness()
        self.restart()

    def restart(self) -> None:
        """Forget what was counted; the next report begins here."""
        self._since_ns = now_ns()
        self._cpu_ns = time.process_time_ns()
        self._lag.restart()
        self._handovers = self._late = self._skipped = 0

    def lagged(self, lag_ns: int) -> None:
        """The event loop woke `lag_ns` after it was asked to."""
        self._lag.add(lag_ns)

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
            loop_lag_p99_ms=self._lag.quantile_ms(0.99),
            loop_lag_max_ms=self._lag.max_ns / NS_PER_MS,
            handovers=self._handovers,
            late=self._late,
            skipped=self._skipped,
            cpu_ratio=(cpu_ns - self._cpu_ns) / max(1, at_ns - self._since_ns),
        )
        self.restart()
        return health

    async def watch(self) -> None:
        """Measure loop lag until cancelled."""
        while True:
            due_ns = now_ns() + int(_TICK_S * NS_PER_S)
            await asyncio.sleep(_TICK_S)
            self.lagged(now_ns() - due_ns)
