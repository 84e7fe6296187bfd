"""How long media waited in a receiver's jitter buffer, by its own count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.statistics_sample import StatisticsSample
from harness.verifiers.answer import NoEvidenceError

LATEST_NS = 2_000 * NS_PER_MS
"""Statistics are taken each second."""


class JitterBuffer:
    """Mean times between two statistics: `jitter_buffer_delay` / `jitter_buffer_emitted_count`.

    Args:
        statistics: Samples of the receiver, two at least.
        ssrc: Of the received stream.

    Raises:
        NoEvidenceError: they do not tell.
    """

    def __init__(self, statistics: Sequence[StatisticsSample], ssrc: int) -> None:
        rows = sorted(
            (int(entry["at_ns"]), float(entry["jitter_buffer_delay"]), int(count))
            for sample in statistics
            for entry in sample.entries
            if entry.get("type") == "inbound_rtp" and entry.get("ssrc") == ssrc
            if (count := entry.get("jitter_buffer_emitted_count"))
            and "jitter_buffer_delay" in entry
        )
        if len(rows) < 2:
            raise NoEvidenceError(
                f"{len(rows)} statistics tell the time in the jitter buffer, two are needed"
            )
        at_ns = np.array([at_ns for at_ns, _, _ in rows])
        self._last_ns = rows[-1][0]
        delay_s = np.diff([delay_s for _, delay_s, _ in rows])
        count = np.diff([count for _, _, count in rows])
        grown = count > 0
        if (count < 0).any() or not grown.any():
            raise NoEvidenceError("nothing left the jitter buffer between two statistics")
        self._begins_ns, self._ends_ns = at_ns[:-1][grown], at_ns[1:][grown]
        self.mean_ms: NDArray[np.float64] = delay_s[grown] / count[grown] * 1000
        """Between each two statistics in order."""

    def require_reach(self, at_ns: int) -> None:
        """Raises NoEvidenceError where the statistics end long before this time."""
        if at_ns - self._last_ns > LATEST_NS:
            raise NoEvidenceError(
                f"the statistics of the jitter buffer end {(at_ns - self._last_ns) / NS_PER_MS:.0f}"
                " ms too early"
            )

    def covered(self, since_ns: int, until_ns: int) -> frozenset[int]:
        """The spans that lie in this time."""
        inside = (self._begins_ns >= since_ns) & (self._ends_ns <= until_ns)
        return frozenset(np.flatnonzero(inside).tolist())

    def touching(self, times: Iterable[tuple[int, int]]) -> frozenset[int]:
        """The spans of which a part lies in one of these times, from and to."""
        inside = np.zeros(len(self._begins_ns), dtype=bool)
        for since_ns, until_ns in times:
            inside |= (self._begins_ns <= until_ns) & (self._ends_ns >= since_ns)
        return frozenset(np.flatnonzero(inside).tolist())

    def span(self, at_ns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Between which statistics each moment is: an index of `mean_ms`, the nearest outside."""
        place = np.searchsorted(self._ends_ns, at_ns)
        return np.minimum(place, len(self._ends_ns) - 1).astype(np.int64)
