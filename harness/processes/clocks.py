"""Whether the clock of all times goes on evenly, told by the other clocks of the machine.

CLOCK_MONOTONIC counts seconds of the machine's awake time at a rate that time synchronisation
adjusts, by 500 ppm at most on Linux. CLOCK_MONOTONIC_RAW is not adjusted, CLOCK_BOOTTIME goes on
while the machine is suspended: neither may step against it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from harness.evidence.clock import NS_PER_MS

MAX_SLEW_PPM = 500
ReadClock = Callable[[int], int]
"""ns of the clock with that id, as `time.clock_gettime_ns`."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The three clocks, as close to one moment as they can be read; ns."""

    monotonic: int
    raw: int
    boot: int
    within: int
    """Time that the reading took: how far each of them may be off."""


def read_clocks(read: ReadClock = time.clock_gettime_ns, *, tries: int = 3) -> Reading:
    """The narrowest of a few readings: in one that was interrupted they are apart."""
    return min((_read_once(read) for _ in range(tries)), key=lambda reading: reading.within)


def _read_once(read: ReadClock) -> Reading:
    before = read(time.CLOCK_MONOTONIC)
    raw, boot = read(time.CLOCK_MONOTONIC_RAW), read(time.CLOCK_BOOTTIME)
    after = read(time.CLOCK_MONOTONIC)
    return Reading(monotonic=(before + after) // 2, raw=raw, boot=boot, within=after - before)


class ClockWatch:
    """Compares the clocks each time that it is told to look."""

    def __init__(self, first: Reading) -> None:
        self._first = self._last = first
        self.step_ns = 0
        """Largest step of the clock against the raw one between two looks, either way."""

    def look(self, now: Reading) -> None:
        """Compare with the last look. What a reading may be off by, and slewing, is no step."""
        apart = (now.monotonic - now.raw) - (self._last.monotonic - self._last.raw)
        slewed = (now.raw - self._last.raw) * MAX_SLEW_PPM // 1_000_000
        doubt = now.within + self._last.within + slewed
        self.step_ns = max(self.step_ns, abs(apart) - doubt)
        self._last = now

    @property
    def suspended_ms(self) -> float:
        """Time that the machine was suspended since the first look."""
        first, last = self._first, self._last
        return ((last.boot - last.monotonic) - (first.boot - first.monotonic)) / NS_PER_MS

    @property
    def rate_ppm(self) -> float:
        """How much faster than the raw clock it went since the first look, millionths."""
        first, last = self._first, self._last
        if last.raw == first.raw:
            return 0.0
        passed = last.raw - first.raw
        return (last.monotonic - first.monotonic - passed) / passed * 1e6


def offset_interval(pings: list[tuple[int, int, int]]) -> tuple[int, int]:
    """Where the offset of another process's clock to this one's lies, in ns: (low, high).

    Each ping is (sent, answered, received): the middle one read there, between the other two, so
    the offset is between answered − received and answered − sent. All pings together narrow it;
    low above high means that the offset changed meanwhile.

    Raises ValueError when there is no ping.
    """
    if not pings:
        raise ValueError("no ping was answered")
    low = max(answered - received for _, answered, received in pings)
    high = min(answered - sent for sent, answered, _ in pings)
    return low, high
