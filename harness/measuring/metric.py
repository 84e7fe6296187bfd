"""One number of a report, with all that must stand beside it. Also the form of `latency.json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from harness.evidence.measurement import Measurement

Better = Literal["lower", "higher", "nearer 0"]


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """A value, or the reason why there is none."""

    name: str
    """For machines, without the unit: `picture_latency_p95`."""
    title: str
    unit: str
    """`ms`, `ms/min`, `ratio`, `events`, `R`, `MOS`."""
    better: Better
    """In which direction of the value a call is better."""
    value: float | None
    """None: not measured, `missing` says why."""
    at_least: bool = False
    """It was not over when the call was: the truth is this value or more."""
    interval: tuple[float, float] | None = None
    """Where it lies: by what was sampled (level of `harness.statistics.looks`), and by `error`.

    None of what was counted exactly, and where nothing that was sampled moves it.
    """
    error: float = 0.0
    """Half width of the instrument's own error, in `unit`."""
    n: int = 0
    """Pictures, markers, packets that the value rests on."""
    never_came: int = 0
    """Of a median: how many never came, and are not in it."""
    rejects: dict[str, int] = {}
    """What came and was not counted: reason → how many."""
    missing: str | None = None
    floor: float | None = None
    """The same of this machine where there is nothing to measure; None: not known."""
    floor_interval: tuple[float, float] | None = None
    """Where that lies, as `interval`."""
    notes: tuple[str, ...] = ()


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """What a metric is, before it has a value."""

    name: str
    title: str
    unit: str
    better: Better = "lower"
    floor: str | None = None
    """Name of its floor, see `harness.evidence.floors`."""

    def of(
        self,
        measurement: Measurement,
        rejects: Mapping[str, int] | None = None,
        never_came: int = 0,
    ) -> Metric:
        """The metric that a verifier measured, in the same unit."""
        assert measurement.unit == self.unit, f"{self.name} is in {measurement.unit}"
        return Metric(
            name=self.name,
            title=self.title,
            unit=self.unit,
            better=self.better,
            value=measurement.value,
            at_least=measurement.at_least,
            interval=self._interval(measurement),
            error=measurement.error,
            n=measurement.rests_on,
            never_came=never_came,
            rejects=dict(rejects or {}),
            missing=measurement.missing or measurement.unsupported,
            notes=measurement.notes,
        )

    def _interval(self, measurement: Measurement) -> tuple[float, float] | None:
        """Plain numbers, none below 0 of what cannot be: what may be has its best value there."""
        if measurement.interval is None:
            return None
        low, high = map(float, measurement.interval)
        if self.better != "nearer 0":
            low = max(0.0, low)
        return (low, high) if low < high else None
