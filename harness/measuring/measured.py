"""What `measure` made: where and with what, and a report for each profile."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from harness.measuring.latency_report import LatencyReport


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """Where the numbers come from."""

    started: str
    """ISO 8601, UTC."""
    command: tuple[str, ...]
    """What makes it again."""
    machine: dict[str, str]
    """Cores, memory, system: see `harness.stage.machine`."""
    versions: dict[str, str]
    """Of packages, and of livekit-server under that name."""
    backend: str
    """Where the server came from; `external` for a deployment."""
    seed: int
    minutes: float
    """Asked for, of each call."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """All of it: what the writers are given."""

    setting: Setting
    reports: tuple[LatencyReport, ...]
    """In the order in which profiles were named."""
