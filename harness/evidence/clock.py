"""The one clock: CLOCK_MONOTONIC in nanoseconds, the same in every process of a host."""

from __future__ import annotations

import time

NS_PER_MS = 1_000_000
NS_PER_S = 1_000_000_000

now_ns = time.monotonic_ns
