"""The one clock: CLOCK_MONOTONIC in nanoseconds, the same in every process of a host."""

from __future__ import annotations

import time
from typing import Annotated

import msgspec

NS_PER_MS = 1_000_000
NS_PER_S = 1_000_000_000

Ns = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
"""A time in a file that is read back: what lies outside was never one."""

now_ns = time.monotonic_ns
