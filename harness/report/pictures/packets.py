"""Packets over time as they came to the gateway: of each track and layer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from harness.evidence.ledger_records import Direction
from harness.evidence.ledger_table import MEDIA, MediaTable, name_of
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.sound import time_axis
from harness.report.plots import Axis, Band, Line, Mark, chart

BIN_S = 0.1
MOST_LINES = 6
"""The busiest are drawn."""
ROOM = 1.1


def packets_drawn(
    folder: AttemptFolder,
    direction: Direction,
    *,
    bands: Sequence[Band],
    marks: Sequence[Mark],
    limits: Sequence[Mark] = (),
) -> Markup | None:
    """RTP packets a second of each track and layer, in steps of 100 ms; None without any."""
    table = folder.ledger.media
    groups = _groups(folder, table, direction)
    if not groups:
        return None
    busiest = sorted(groups.items(), key=lambda group: -len(group[1]))[:MOST_LINES]
    lines = [
        _rate(folder, label, table.packets["t_ns"][rows], style)
        for style, (label, rows) in enumerate(busiest)
    ]
    way = "from participants" if direction == "up" else "to participants"
    left_out = len(groups) - len(lines)
    return chart(
        title=f"Packets {way} as they came to the gateway",
        description="RTP packets a second at the gateway, before it drops any, repairs left out: "
        + ", ".join(f"{label} {len(rows)} in all" for label, rows in busiest)
        + (f"; {left_out} quieter ones are not drawn" if left_out else ""),
        x=time_axis(folder),
        y=Axis(
            label="packets/s",
            low=0.0,
            high=max([_highest(lines), *(limit.at for limit in limits)]) * ROOM,
        ),
        lines=lines,
        x_bands=bands,
        x_marks=marks,
        y_marks=limits,
    )  # fmt: skip


def _groups(
    folder: AttemptFolder, table: MediaTable, direction: Direction
) -> dict[str, NDArray[np.int64]]:
    """Rows of each side, track and layer, by their words."""
    sides = [place for place, side in enumerate(table.sides) if side[1] == direction]
    rows = np.flatnonzero(np.isin(table.side, sides) & ~table.repair)
    keys = np.stack((table.side[rows], table.track[rows], table.layer[rows], table.medium[rows]))
    groups: dict[str, NDArray[np.int64]] = {}
    kinds, group = np.unique(keys, axis=1, return_inverse=True)
    for place, (side, track, layer, medium) in enumerate(kinds.T.tolist()):
        label = label_of(folder, side=side, track=track, medium=medium, layer=layer)
        mine = rows[group.ravel() == place]
        groups[label] = np.concatenate((groups.get(label, mine[:0]), mine))
    return groups


def label_of(folder: AttemptFolder, *, side: int, track: int, medium: int, layer: int = -1) -> str:
    """`alice camera f`, on the way up; `bob camera of alice`, on the way down.

    Args:
        folder: Of the attempt.
        side: Index into `sides` of its media table; the others into its `tracks`, into MEDIA and
            into its `layers`.
        track: −1 while unknown, as all that follow.
        medium: Said where the track is not known.
        layer: Left out where there is none.
    """
    table = folder.ledger.media
    participant, _ = table.sides[side]
    sid = name_of(table.tracks, track)
    known = folder.tracks.get(sid or "")
    publisher = known.publisher if known else participant
    words = [
        participant,
        known.name if known else sid or "unknown",
        "" if sid else name_of(MEDIA, medium) or "",
        name_of(table.layers, layer) or "",
        f"of {publisher}" if publisher != participant else "",
    ]
    return " ".join(word for word in words if word)


def _rate(folder: AttemptFolder, label: str, t_ns: NDArray[np.int64], style: int) -> Line:
    edges = np.arange(0.0, folder.lasted_s + BIN_S, BIN_S)
    counts, _ = np.histogram(folder.seconds(t_ns), bins=edges)
    return Line(label=label, x=edges[:-1] + BIN_S / 2, y=counts / BIN_S, style=style)


def _highest(lines: Sequence[Line]) -> float:
    return max(float(line.y.max()) for line in lines)
