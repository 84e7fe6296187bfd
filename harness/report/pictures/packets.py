"""Packets over time as the gateway saw them: of each track and layer, and what was lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from harness.evidence.ledger_fates import PacketFate
from harness.evidence.ledger_records import Direction
from harness.evidence.ledger_table import MEDIA, MediaTable, name_of
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.sound import time_axis
from harness.report.plots import Axis, Band, Line, Mark, chart

BIN_S = 0.1
MOST_LINES = 6
"""The busiest are drawn."""
ROOM = 1.1
LOST = (PacketFate.DROPPED, PacketFate.OTHER, PacketFate.ALTERED)


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
        title=f"Packets {way}",
        description="RTP packets a second at the gateway, repairs left out: "
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


def losses_drawn(
    folder: AttemptFolder, *, bands: Sequence[Band], marks: Sequence[Mark]
) -> Markup | None:
    """Packets lost so far by the gateway's record, and by what each receiver counted.

    None where nothing was lost and nobody counted a loss.
    """
    lost = [line for line in _losses(folder) if line.y.max(initial=0.0) > 0][:MOST_LINES]
    if not lost:
        return None
    lines = [replace(line, style=style) for style, line in enumerate(lost)]
    return chart(
        title="Packets lost: gateway and receiver",
        description="Media lost so far: dropped or altered by the gateway on the way up and down, "
        "and as the receiver's SDK counts, for whom what is lost on the way up is lost, too. "
        + ", ".join(f"{line.label} {line.y[-1]:.0f}" for line in lines),
        x=time_axis(folder),
        y=Axis(label="packets lost so far", low=0.0, high=_highest(lines) * ROOM),
        lines=lines,
        x_bands=bands,
        x_marks=marks,
    )


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
        sid = name_of(table.tracks, track)
        words = [
            table.sides[side][0],
            folder.track_names.get(sid, sid) if sid else "unknown",
            "" if sid else name_of(MEDIA, medium) or "",
            name_of(table.layers, layer) or "",
        ]
        label = " ".join(word for word in words if word)
        mine = rows[group.ravel() == place]
        groups[label] = np.concatenate((groups.get(label, mine[:0]), mine))
    return groups


def _rate(folder: AttemptFolder, label: str, t_ns: NDArray[np.int64], style: int) -> Line:
    edges = np.arange(0.0, folder.lasted_s + BIN_S, BIN_S)
    counts, _ = np.histogram(folder.seconds(t_ns), bins=edges)
    return Line(label=label, x=edges[:-1] + BIN_S / 2, y=counts / BIN_S, style=style)


def _losses(folder: AttemptFolder) -> list[Line]:
    table = folder.ledger.media
    lines = []
    for place, (participant, direction) in enumerate(table.sides):
        lost = (table.side == place) & np.isin(table.packets["fate"], LOST)
        at_s = np.sort(folder.seconds(table.packets["t_ns"][lost]))
        x = np.concatenate(([0.0], at_s, [folder.lasted_s]))
        y = np.concatenate((np.arange(len(at_s) + 1), [len(at_s)])).astype(np.float64)
        lines.append(Line(label=f"{participant} {direction}, gateway", x=x, y=y))
        lines += _counted(folder, participant) if direction == "down" else []
    return lines


def _counted(folder: AttemptFolder, participant: str) -> list[Line]:
    counted = [
        (folder.second(sample.at_ns), float(sum(map(_lost, received))))
        for sample in folder.statistics
        if sample.participant == participant
        and (received := [one for one in sample.entries if one.get("type") == "inbound_rtp"])
    ]
    if not counted:
        return []
    x, y = np.array(sorted(counted)).T
    return [Line(label=f"{participant}, SDK", x=x, y=y)]


def _lost(entry: dict[str, object]) -> float:
    lost = entry.get("packets_lost")
    return float(lost) if isinstance(lost, int | float) else 0.0


def _highest(lines: Sequence[Line]) -> float:
    return max(float(line.y.max()) for line in lines)
