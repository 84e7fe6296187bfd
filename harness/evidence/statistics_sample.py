"""What an SDK counted at one moment."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from harness.evidence.clock import Ns


class StatisticsSample(msgspec.Struct, frozen=True, kw_only=True):
    """WebRTC statistics of one participant, in the form of `harness.participant.statistics`."""

    at_ns: Ns
    """When they were asked for, monotonic; each entry has the time of its answer."""
    participant: str
    entries: list[dict[str, Any]]
    """Flat, with `side`, `type` and `at_ns`. Members unset in WebRTC are 0: 0 is no measured 0."""


def write_samples(file: Path, samples: Iterable[StatisticsSample]) -> None:
    """Write samples as JSON, one a line."""
    file.write_bytes(b"".join(msgspec.json.encode(sample) + b"\n" for sample in samples))
