"""`latency.json`: every metric with unit, direction of improvement, interval, error and rejects."""

from __future__ import annotations

import msgspec

from harness.measuring.latency_report import Discarded, LatencyReport
from harness.measuring.measured import Measured, Setting
from harness.measuring.metric import Metric

FORMAT = 1
"""Grows when a reader of the last one would be wrong."""


class ProfileRow(msgspec.Struct, frozen=True, kw_only=True):
    """One call."""

    profile: str
    title: str
    seconds: float
    """Of steady state."""
    disturbance: str | None
    """Why the machine was too busy for the numbers to be believed."""
    problem: str | None
    """Why there was no call."""
    folder: str
    """Of the evidence of the call, in that of the run."""
    discarded: tuple[Discarded, ...]
    """Calls under the profile that were made before it and do not count."""
    unclosed: tuple[str, ...]
    """Latencies whose parts do not explain them."""
    metrics: tuple[Metric, ...]
    """Those of SPECS of `harness.measuring.latency_report`, then the parts of the latencies."""


class LatencyDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The file. Intervals are at the level 98.3 % by what was sampled, widened by `error`."""

    format: int
    setting: Setting
    profiles: tuple[ProfileRow, ...]


def latency_json(measured: Measured) -> bytes:
    """The file, indented, with a newline at its end."""
    document = LatencyDocument(
        format=FORMAT,
        setting=measured.setting,
        profiles=tuple(_row(report) for report in measured.reports),
    )
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _row(report: LatencyReport) -> ProfileRow:
    return ProfileRow(
        profile=report.profile,
        title=report.title,
        seconds=report.seconds,
        disturbance=report.disturbance,
        problem=report.problem,
        folder=report.folder,
        discarded=report.discarded,
        unclosed=report.unclosed,
        metrics=(*report.metrics, *(part for parts in report.parts for part in parts)),
    )
