"""The plots of a report: distributions, latency over time and its parts, skew in its bands."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from harness.evidence.clock import NS_PER_S
from harness.measuring.cells import TOLD_MS, part_name, parts_words
from harness.measuring.latency_report import LatencyReport
from harness.measuring.timed import Ages, Timed
from harness.report.pictures.skew import SKEW_BANDS, skew_axis
from harness.report.plots import Axis, Band, Line, Part, cdf, chart, parts_bar

BROKEN_S = 1.5
"""Neighbours that are farther apart are not joined: nothing came in between."""
ROOM = 1.1
MOST_BANDS = 12


def distributions(reports: Sequence[LatencyReport]) -> list[Markup]:
    """Share of pictures, and of markers of the sound, that were no older, by profile.

    What never came is no younger than anything: a line ends at the share that came.
    """
    drawn = []
    for what, series in (
        ("Picture", [report.picture_ages for report in reports]),
        ("Sound", [report.sound_ages for report in reports]),
    ):
        present = [ages.value_ms for ages in series if len(ages.value_ms)]
        if not present:
            continue
        everything = np.concatenate(present)
        lines = [
            _distribution(report.profile, ages, style)
            for style, (report, ages) in enumerate(zip(reports, series, strict=True))
            if len(ages.value_ms)
        ]
        low = max(1.0, float(everything.min()))
        drawn.append(
            chart(
                title=f"{what} latency, distribution",
                description=f"Per cent that was no older of what came in the steady state, and of "
                f"what never came: {', '.join(line.label for line in lines)}; logarithmic",
                x=Axis(label=f"{what.lower()} latency, ms (logarithmic)", low=low / ROOM,
                       high=max(low * ROOM, float(everything.max())) * ROOM, log=True),
                y=Axis(label="% no older", low=0.0, high=100.0),
                lines=lines,
            )
        )  # fmt: skip
    return drawn


def latency_drawn(report: LatencyReport) -> Markup | None:
    """Latency of pictures and sound over the call, before bands of what was done to it."""
    lines = _lines(report, ("picture", report.pictures, 0), ("sound", report.sounds, 1))
    if not lines:
        return None
    highest = max(float(line.y.max()) for line in lines)
    return chart(
        title=f"Latency over time, {report.profile}",
        description="Age of each picture when it was seen and of each marker when it was heard. "
        + "; ".join(bands_told(report)),
        x=_time(report),
        y=Axis(label="latency, ms", low=0.0, high=max(1.0, highest * ROOM)),
        lines=lines,
        x_bands=_bands(report),
    )


def skew_drawn(report: LatencyReport) -> Markup | None:
    """How early the sound was over the call, before the ranges of BT.1359 and EBU R37."""
    lines = _lines(report, ("sound early by", report.skews, 0))
    if not lines:
        return None
    return chart(
        title=f"Skew over time, {report.profile}",
        description="How early the sound was at each picture; "
        + "; ".join(band.label for band in SKEW_BANDS),
        x=_time(report),
        y=skew_axis(lines[0].y),
        lines=lines,
        x_bands=_bands(report),
        y_bands=SKEW_BANDS,
    )


def parts_drawn(report: LatencyReport) -> list[Markup]:
    """A bar for pictures and one for the sound: what the mean latency is made of."""
    return [
        parts_bar(
            title=parts_words(parts).partition(" = ")[0],
            description=parts_words(parts),
            parts=[
                Part(label=part_name(part), value=part.value, number=number)
                for number, part in enumerate(parts, start=1)
                if part.value is not None and abs(part.value) >= TOLD_MS
            ],
            unit="ms",
        )
        for parts in report.parts
        if all(part.value is not None for part in parts)
    ]


def not_drawn(report: LatencyReport) -> list[str]:
    """Which plots, or lines of them, a call has none of, and why."""
    wanted: tuple[tuple[str, Timed | Ages], ...] = (
        ("distribution of the picture latency", report.picture_ages),
        ("distribution of the sound latency", report.sound_ages),
        ("picture latency over time", report.pictures),
        ("sound latency over time", report.sounds),
        ("skew over time", report.skews),
    )
    return [f"{what}: {one.missing}" for what, one in wanted if one.missing is not None]


def bands_told(report: LatencyReport) -> list[str]:
    """What the bands over time are, for narrow ones have no room for words; the first of many."""
    bands = [f"{band.label} from {band.low:.1f} to {band.high:.1f} s" for band in _bands(report)]
    more = len(bands) - MOST_BANDS
    return [*bands[:MOST_BANDS], *([f"and {more} more"] if more > 0 else [])]


def _distribution(profile: str, ages: Ages, style: int) -> Line:
    x, y = cdf(ages.value_ms)
    came = len(ages.value_ms) / ages.whole
    label = f"{profile}, {math.floor(came * 100)} % came" if ages.never_came else profile
    return Line(label=label, x=x, y=y * came, style=style)


def _lines(report: LatencyReport, *series: tuple[str, Timed, int]) -> list[Line]:
    return [
        Line(
            label=label,
            x=(timed.at_ns - report.began_ns) / NS_PER_S,
            y=timed.value_ms,
            style=style,
            break_x=BROKEN_S,
        )
        for label, timed, style in series
        if len(timed.at_ns)
    ]


def _time(report: LatencyReport) -> Axis:
    high = (report.until_ns - report.began_ns) / NS_PER_S
    return Axis(label="seconds since the subscription", low=0.0, high=high)


def _bands(report: LatencyReport) -> list[Band]:
    settling = Band(low=0.0, high=_s(report, report.since_ns), label="not counted", tone="phase")
    spans = [
        Band(
            low=_s(report, span.since_ns),
            high=_s(report, span.until_ns),
            label=span.words,
            tone=span.kind,
        )
        for span in report.spans
    ]
    return [settling, *spans]


def _s(report: LatencyReport, at_ns: int) -> float:
    return (at_ns - report.began_ns) / NS_PER_S
