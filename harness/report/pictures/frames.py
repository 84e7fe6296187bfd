"""Decoded pictures over time: which were seen when, how old they were, how large."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.recording import FrameStatus
from harness.evidence.sent import read_sent
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.sound import time_axis
from harness.report.plots import Axis, Band, Line, Mark, cdf, chart

BROKEN_S = 0.25
"""Neighbours of a series that are farther apart are not joined."""
ROOM = 1.1


def numbers_drawn(
    folder: AttemptFolder,
    frames: NDArray[Any],
    *,
    sent: Path | None,
    name: str,
    bands: Sequence[Band],
    marks: Sequence[Mark],
) -> Markup | None:
    """Number of each picture when it was seen, beside those handed over: a freeze is a gap.

    None where no picture was read and none is known to have been sent.
    """
    own = own_pictures(frames)
    lines = []
    if len(own):
        lines.append(_line(folder, "seen", own["arrival_ns"], own["counter"], 0))
    if sent is not None and len(handed := read_sent(sent)):
        lines.append(_line(folder, "sent", handed["at_ns"], handed["number"], 1))
    if not lines:
        return None
    lows, highs = zip(*((line.y.min(), line.y.max()) for line in lines), strict=True)
    unread = int(np.count_nonzero(frames["status"] != FrameStatus.READ))
    return chart(
        title=f"Pictures as they were seen: {name}",
        description=f"{len(own)} pictures with a number that could be read, {unread} without. "
        "Where the line is broken nothing was seen for a quarter of a second.",
        x=time_axis(folder),
        y=Axis(label="number of the picture", low=float(min(lows)), high=float(max(highs)) + 1),
        lines=lines,
        x_bands=bands,
        x_marks=marks,
    )


def sizes_drawn(
    folder: AttemptFolder,
    frames: NDArray[Any],
    *,
    name: str,
    bands: Sequence[Band],
    marks: Sequence[Mark],
) -> Markup | None:
    """Height of each decoded picture; None where all are as high: then nothing was switched."""
    heights = frames["height"].astype(np.float64)
    if len(np.unique(heights)) < 2:
        return None
    return chart(
        title=f"Height of the pictures: {name}",
        description="Which layer was seen when: "
        + ", ".join(f"{height:.0f}" for height in np.unique(heights))
        + " pixels high.",
        x=time_axis(folder),
        y=Axis(label="height, pixels", low=0.0, high=float(heights.max()) * ROOM),
        lines=[Line(label="height", x=folder.seconds(frames["arrival_ns"]), y=heights)],
        x_bands=bands,
        x_marks=marks,
    )


def latency_drawn(
    folder: AttemptFolder,
    latency_ms: NDArray[np.float64],
    arrived_ns: NDArray[np.int64],
    *,
    name: str,
    bands: Sequence[Band],
    marks: Sequence[Mark],
    limits: Sequence[Mark] = (),
) -> Markup | None:
    """Age of each picture when it was seen; None where none was."""
    if not len(latency_ms):
        return None
    highest = max([float(latency_ms.max()), *(limit.at for limit in limits)])
    return chart(
        title=f"Age of the pictures: {name}",
        description=f"From hand-over to arrival of each picture, {latency_ms.min():.1f} to "
        f"{latency_ms.max():.1f} ms, median {np.median(latency_ms):.1f} ms.",
        x=time_axis(folder),
        y=Axis(label="age, ms", low=0.0, high=highest * ROOM + 1.0),
        lines=[
            Line(label="age", x=folder.seconds(arrived_ns), y=latency_ms, break_x=BROKEN_S)
        ],
        x_bands=bands,
        x_marks=marks,
        y_marks=limits,
    )  # fmt: skip


def distribution_drawn(
    latency_ms: NDArray[np.float64], *, name: str, limits: Sequence[Mark], floor_ms: float | None
) -> Markup | None:
    """Share of pictures that were no older, with the limit and the floor of the machine."""
    if not len(latency_ms):
        return None
    x, y = cdf(latency_ms)
    ends = [float(x[0]), float(x[-1]), *(limit.at for limit in limits)]
    floors = [] if floor_ms is None else [max(1.0, floor_ms)]
    low = max(1.0, min([*ends, *floors])) / ROOM
    high = max([*ends, *floors, low * 2]) * ROOM
    return chart(
        title=f"Age of the pictures, distribution: {name}",
        description="Per cent of the whole recording that was no older, with the limit of the "
        "clause; what the machine alone takes is shaded. Logarithmic.",
        x=Axis(label="age, ms (logarithmic)", low=low, high=high, log=True),
        y=Axis(label="% no older", low=0.0, high=100.0),
        lines=[Line(label="age", x=np.maximum(x, low), y=y)],
        x_bands=[
            Band(low=low, high=floor, label="floor of this machine", tone="phase")
            for floor in floors
        ],
        x_marks=limits,
    )


def latencies(frames: NDArray[Any], sent: Path) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Age in ms of each picture of those handed over, and its arrival; seen twice counts once."""
    own = own_pictures(frames)
    handed = read_sent(sent)
    handed = handed[np.unique(handed["number"], return_index=True)[1]]
    own = own[np.sort(np.unique(own["counter"], return_index=True)[1])]
    own = own[np.isin(own["counter"], handed["number"])]
    places = np.searchsorted(handed["number"], own["counter"])
    arrived_ns = own["arrival_ns"].astype(np.int64)
    return (arrived_ns - handed["at_ns"][places]) / NS_PER_MS, arrived_ns


def own_pictures(frames: NDArray[Any]) -> NDArray[Any]:
    """Those that were read and carry the identity that most carry: the rest is another track's."""
    read = frames[frames["status"] == FrameStatus.READ]
    codes, numbers = np.unique(read["track_code"], return_counts=True)
    own: NDArray[Any] = read[read["track_code"] == codes[numbers.argmax()]] if len(read) else read
    return own


def _line(
    folder: AttemptFolder, label: str, at_ns: NDArray[Any], numbers: NDArray[Any], style: int
) -> Line:
    order = np.argsort(at_ns, kind="stable")
    return Line(
        label=label,
        x=folder.seconds(at_ns[order].astype(np.int64)),
        y=numbers[order].astype(np.float64),
        style=style,
        break_x=BROKEN_S,
    )
