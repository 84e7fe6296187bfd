"""What `measure` made: where and with what, and a report for each profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec

from harness.evidence.floors import FLOORS, UNIT
from harness.evidence.measurement import Measurement
from harness.measuring.latency_report import SPECS, LatencyReport
from harness.measuring.metric import Metric, Spec


class Floors(msgspec.Struct, frozen=True, kw_only=True):
    """What this machine measures where there is nothing to measure, just before the calls."""

    metrics: tuple[Metric, ...] = ()
    """By the names of `harness.evidence.floors`."""
    doubt: str | None = None
    """Why they cannot be trusted, or were not measured."""

    def beside(self, report: LatencyReport) -> LatencyReport:
        """The report with the floor of each metric that has one."""
        known = {metric.name: metric.value for metric in self.metrics}
        wanted = {spec.name: spec.floor for spec in SPECS if spec.floor}
        return replace(
            report,
            metrics=tuple(
                msgspec.structs.replace(metric, floor=known.get(wanted.get(metric.name, "")))
                for metric in report.metrics
            ),
        )


def floors_of(measured: Mapping[str, Measurement], doubt: str | None) -> Floors:
    """Floors by name, as metrics."""
    specs = [
        Spec(name=name, title=words, unit=UNIT, better="nearer 0" if name == "skew_ms" else "lower")
        for name, words in FLOORS.items()
    ]
    return Floors(
        metrics=tuple(spec.of(measured[spec.name]) for spec in specs if spec.name in measured),
        doubt=doubt,
    )


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
    floors: Floors = Floors()


@dataclass(frozen=True, kw_only=True)
class Measured:
    """All of it: what the writers are given."""

    setting: Setting
    reports: tuple[LatencyReport, ...]
    """In the order in which profiles were named."""
