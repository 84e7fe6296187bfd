"""How old sound and pictures were when they were heard and seen: over time, and how distributed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.sound import time_axis
from harness.report.plots import Axis, Band, Line, Mark, cdf, chart
from harness.verifiers.latency_series import LatencySeries, Track, latencies

BROKEN_S = 1.0
"""Neighbours that are farther apart are not joined: nothing came in between."""
ROOM = 1.1


def ages_drawn(
    folder: AttemptFolder,
    track: Track,
    *,
    name: str,
    bands: Sequence[Band],
    marks: Sequence[Mark],
    limits: Sequence[Mark] = (),
) -> Markup:
    """Age of each picture, or of each marker of a sound, when it came.

    Raises NoEvidenceError where no age can be told.
    """
    series = _series(folder, track)
    ages_ms = series.latency_ms
    highest = max([float(ages_ms.max()), *(limit.at for limit in limits)])
    told = f"From capture to arrival, {ages_ms.min():.1f} to {ages_ms.max():.1f} ms, median " + (
        f"{np.median(ages_ms):.1f} ms, of {len(ages_ms)}. " + "; ".join(series.notes)
    )
    order = np.argsort(series.arrived_ns, kind="stable")
    return chart(
        title=f"Age of what came: {name}",
        description=told,
        x=time_axis(folder),
        y=Axis(label="age, ms", low=0.0, high=highest * ROOM + 1.0),
        lines=[
            Line(
                label="age",
                x=folder.seconds(series.arrived_ns[order]),
                y=ages_ms[order],
                break_x=BROKEN_S,
            )
        ],
        x_bands=bands,
        x_marks=marks,
        y_marks=limits,
    )


def distribution_drawn(
    folder: AttemptFolder,
    track: Track,
    *,
    name: str,
    limits: Sequence[Mark],
    floor_ms: float | None,
) -> Markup:
    """Share of what came that was no older, with the limit, and the floor of the machine shaded.

    Of the whole attempt: a clause may speak of a part of it. Raises NoEvidenceError where no age
    can be told.
    """
    x, y = cdf(_series(folder, track).latency_ms)
    ends = [float(x[0]), float(x[-1]), *(limit.at for limit in limits)]
    floors = [] if floor_ms is None else [max(1.0, floor_ms)]
    low = max(1.0, min([*ends, *floors])) / ROOM
    high = max([*ends, *floors, low * 2]) * ROOM
    return chart(
        title=f"Age of what came, distribution: {name}",
        description="Per cent of what came in the whole attempt that was no older, with the limit "
        "of the clause; what the machine alone takes is shaded. Logarithmic.",
        x=Axis(label="age, ms (logarithmic)", low=low, high=high, log=True),
        y=Axis(label="% no older", low=0.0, high=100.0),
        lines=[Line(label="age", x=np.maximum(x, low), y=y)],
        x_bands=[
            Band(low=low, high=floor, label="floor of this machine", tone="phase")
            for floor in floors
        ],
        x_marks=limits,
    )


def _series(folder: AttemptFolder, track: Track) -> LatencySeries:
    attempt = folder.attempt
    return latencies(track, since_ns=attempt.started_ns, until_ns=attempt.ended_ns)
