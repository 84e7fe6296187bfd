"""Decoded pictures over time: which were seen when, and how large."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from harness.evidence.recording import FrameStatus
from harness.evidence.sent import read_sent
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.sound import time_axis
from harness.report.plots import Axis, Band, Line, Mark, chart

BROKEN_S = 0.25
"""Neighbours of a series that are farther apart are not joined."""
ROOM = 1.1


def numbers_drawn(
    folder: AttemptFolder,
    frames: NDArray[Any],
    *,
    sent: Path | None,
    code: int | None,
    name: str,
    bands: Sequence[Band],
    marks: Sequence[Mark],
) -> Markup | None:
    """Number of each picture when it was seen, beside those handed over: a freeze is a gap.

    `code` is the identity that the pictures must carry, None where that is not known.

    None where no picture was read and none is known to have been sent.
    """
    own = own_pictures(frames, code)
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
    """Height of each decoded picture.

    None where there is none, and where all are as high, for then nothing was switched: unless a
    limit says when it had to be.
    """
    heights = frames["height"].astype(np.float64)
    due = any(mark.tone in {"limit", "kept"} for mark in marks)
    if not len(heights) or (len(np.unique(heights)) < 2 and not due):
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


def own_pictures(frames: NDArray[Any], code: int | None) -> NDArray[Any]:
    """Those that were read, and where it is known whose they must be are."""
    read = frames[frames["status"] == FrameStatus.READ]
    own: NDArray[Any] = read if code is None else read[read["track_code"] == code]
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
