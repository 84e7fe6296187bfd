"""What `measure` made: where and with what, and a report for each profile."""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec

from harness.evidence.floors import FLOORS, UNIT
from harness.evidence.run_event import CalibrationDone
from harness.judging.calibration import calibration_notes
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
        known = {metric.name: metric for metric in self.metrics}
        wanted = {spec.name: known[spec.floor] for spec in SPECS if spec.floor in known}
        return replace(
            report,
            metrics=tuple(
                metric
                if (floor := wanted.get(metric.name)) is None
                else msgspec.structs.replace(
                    metric, floor=floor.value, floor_interval=floor.interval
                )
                for metric in report.metrics
            ),
        )


def floors_of(*calibrations: CalibrationDone | str) -> Floors:
    """Floors of the first calibration, as metrics, with what all of them make doubtful.

    Args:
        calibrations: Before the calls and, where they are over, after them; a text is why there
            is none.
    """
    done = [one for one in calibrations if not isinstance(one, str)]
    known = done[0].floors if done and done[0].when == "before" else {}
    specs = [
        Spec(name=name, title=words, unit=UNIT, better="nearer 0" if name == "skew_ms" else "lower")
        for name, words in FLOORS.items()
    ]
    doubts = [one for one in calibrations if isinstance(one, str)]
    return Floors(
        metrics=tuple(spec.of(known[spec.name]) for spec in specs if spec.name in known),
        doubt="; ".join((*doubts, *calibration_notes(done))) or None,
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
    profiles: tuple[str, ...] = ()
    """Asked for; a run that was ended early has calls of the first of them."""
    floors: Floors = Floors()


@dataclass(frozen=True, kw_only=True)
class Measured:
    """All of it: what the writers are given."""

    setting: Setting
    reports: tuple[LatencyReport, ...]
    """In the order in which profiles were named."""
