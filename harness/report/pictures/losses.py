"""Media that was lost: of each track over time, in which bursts, and by whose order.

A burst is packets of one stream that were lost one after another: between them none passed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from harness.evidence.bindings import ImpairmentsRow
from harness.evidence.finding import CLEAN
from harness.evidence.ledger_fates import PacketFate
from harness.evidence.ledger_records import ALTERED, Cause
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.packets import label_of
from harness.report.pictures.sound import time_axis
from harness.report.plots import Axis, Band, Line, Mark, chart

MOST_TRACKS = 6
"""Those that lost most have a curve of their own, the others one together."""
MOST_RECEIVERS = 2
MOST_BURSTS = 10
"""The longest are told."""
MOST_LOST = 2**64
"""No counter of an SDK holds more: what does is no count, nor does it fit a picture."""
ROOM = 1.1
LOST = (PacketFate.DROPPED, PacketFate.OTHER, PacketFate.ALTERED)


@dataclass(frozen=True, kw_only=True)
class Burst:
    """Packets of a stream that were lost one after another."""

    label: str
    """Of its track."""
    at_s: NDArray[np.float64]
    """When each came to the gateway, since the attempt began; ascending."""
    why: str
    """What was ordered, or what else kept it."""
    ordered: bool


def losses_drawn(
    folder: AttemptFolder, *, bands: Sequence[Band], marks: Sequence[Mark]
) -> Markup | None:
    """Packets lost so far of each track by the gateway's record, its bursts, and what SDKs counted.

    None where nothing was lost and nobody counted a loss.
    """
    bursts, counted = _bursts(folder), _counted(folder)
    most = sorted(counted, key=lambda line: -line.y.max())[:MOST_RECEIVERS]
    told = [*_curves(folder, bursts), *(line for line in most if line.y.max() > 0)]
    if not told:
        return None
    lines = [replace(line, style=style) for style, line in enumerate(told)]
    drawn = chart(
        title="Packets lost",
        description="Media lost so far, dropped or altered by the gateway: "
        + ", ".join(f"{line.label} {line.y[-1]:.0f}" for line in lines),
        x=time_axis(folder),
        y=Axis(
            label="packets lost so far",
            low=0.0,
            high=max(float(line.y.max()) for line in lines) * ROOM,
        ),
        lines=lines,
        x_bands=bands,
        x_marks=marks,
    )
    said = " ".join(filter(None, (_orders(folder, bursts), _receivers(counted))))
    whole = Markup('<div>{}<p class="soft">{}</p>{}</div>')
    return whole.format(drawn, said, _table(bursts))


def losses_words(folder: AttemptFolder) -> str:
    """What the gateway lost of each track, and by whose order; empty where it lost nothing."""
    bursts = _bursts(folder)
    if not bursts:
        return ""
    counts: Counter[str] = Counter()
    for burst in bursts:
        counts[burst.label] += len(burst.at_s)
    tracks = [f"{label} {lost}" for label, lost in counts.most_common(MOST_TRACKS)]
    more = f" and {len(counts) - MOST_TRACKS} more" if len(counts) > MOST_TRACKS else ""
    return (
        f"Packets lost in attempt {folder.attempt.number}: {', '.join(tracks)}{more}. "
        f"{_orders(folder, bursts)}"
    )


def _bursts(folder: AttemptFolder) -> list[Burst]:
    """Of all streams, in order of time."""
    table = folder.ledger.media
    lost = np.isin(table.packets["fate"], LOST)
    _, group = np.unique(np.stack((table.side, table.packets["ssrc"])), axis=1, return_inverse=True)
    bursts: list[Burst] = []
    for place in np.unique(group.ravel()[lost & (table.side >= 0)]).tolist():
        rows = np.flatnonzero(group.ravel() == place)
        runs = np.split(rows, np.flatnonzero(np.diff(lost[rows])) + 1)
        bursts += [_burst(folder, run) for run in runs if lost[run[0]]]
    return sorted(bursts, key=lambda burst: burst.at_s[0])


def _burst(folder: AttemptFolder, rows: NDArray[np.int64]) -> Burst:
    table, first = folder.ledger.media, int(rows[0])
    side, track = int(table.side[first]), int(table.track[first])
    cause = int(table.packets["cause"][first]) & ~ALTERED
    ordered = cause >= Cause.FIRST_IMPAIRMENT
    return Burst(
        label=label_of(folder, side=side, track=track, medium=int(table.medium[first])),
        at_s=folder.seconds(table.packets["t_ns"][rows]),
        why=_ordered(folder, table.sides[side][0], cause) if ordered else _kept(cause),
        ordered=ordered,
    )


def _ordered(folder: AttemptFolder, participant: str, cause: int) -> str:
    """Name of the impairment that has this number."""
    names = [
        str(one.impairment.get("impairment"))
        for row in folder.ledger.files.rows
        if isinstance(row, ImpairmentsRow) and row.participant == participant
        for one in row.impairments
        if one.cause == cause
    ]
    return names[0] if names else f"impairment {cause}"


def _kept(cause: int) -> str:
    """What kept a packet that nobody ordered to be lost."""
    known = {one.value: one.name.lower().replace("_", " ") for one in Cause}
    return known.get(cause, f"cause {cause}")


def _curves(folder: AttemptFolder, bursts: Sequence[Burst]) -> list[Line]:
    """One of each track; of those beyond MOST_TRACKS one together."""
    tracks: dict[str, list[NDArray[np.float64]]] = {}
    for burst in bursts:
        tracks.setdefault(burst.label, []).append(burst.at_s)
    lost = [(label, np.sort(np.concatenate(times))) for label, times in tracks.items()]
    lost.sort(key=lambda one: -len(one[1]))
    rest = lost[MOST_TRACKS:]
    if rest:
        together = np.sort(np.concatenate([at_s for _, at_s in rest]))
        lost = [*lost[:MOST_TRACKS], (f"{len(rest)} other tracks", together)]
    return [_curve(folder, label, at_s) for label, at_s in lost]


def _curve(folder: AttemptFolder, label: str, at_s: NDArray[np.float64]) -> Line:
    x = np.concatenate(([0.0], at_s, [folder.lasted_s]))
    y = np.concatenate((np.arange(len(at_s) + 1), [len(at_s)])).astype(np.float64)
    return Line(label=label, x=x, y=y)


def _counted(folder: AttemptFolder) -> list[Line]:
    """What the SDK of each receiver counted, for whom what is lost on the way up is lost, too."""
    counts: dict[str, list[tuple[float, float]]] = {}
    for sample in folder.statistics:
        received = [one for one in sample.entries if one.get("type") == "inbound_rtp"]
        if received:
            counted = (folder.second(sample.at_ns), sum(map(_lost, received)))
            counts.setdefault(sample.participant, []).append(counted)
    return [
        Line(label=f"{participant}, SDK", x=x, y=y)
        for participant, samples in counts.items()
        for x, y in [np.array(sorted(samples)).T]
    ]


def _lost(entry: dict[str, object]) -> float:
    lost = entry.get("packets_lost")
    return float(lost) if isinstance(lost, int | float) and abs(lost) < MOST_LOST else 0.0


def _orders(folder: AttemptFolder, bursts: Sequence[Burst]) -> str:
    """By whose order packets were lost: the record has the orders, and not who gave them."""
    if not bursts:
        return "By the gateway's record nothing was lost."
    names = sorted({burst.why for burst in bursts if burst.ordered})
    if not names:
        return "The gateway was not ordered to lose them."
    cell = folder.attempt.cell
    which = "them" if all(burst.ordered for burst in bursts) else "some of them"
    said = f"The gateway, a part of this harness, was ordered to lose {which} ({', '.join(names)})"
    if cell.sabotage:
        return f"{said}: the attempt ran under the sabotage {cell.sabotage}."
    if cell.profile == CLEAN:
        return f"{said} by the scenario or by a sabotage: the profile, {CLEAN}, orders nothing."
    return f"{said}, by the profile {cell.profile} or by the scenario."


def _receivers(counted: Sequence[Line]) -> str:
    if not counted:
        return "What receivers lost was not measured: no statistics of theirs were asked for."
    if not any(line.y.max() > 0 for line in counted):
        return "Receivers reported none."
    return ""


def _table(bursts: Sequence[Burst]) -> Markup:
    """The longest bursts, in order of time."""
    if not bursts:
        return Markup("")
    longest = sorted(bursts, key=lambda burst: -len(burst.at_s))[:MOST_BURSTS]
    row = Markup("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>")
    rows = Markup("").join(
        row.format(
            f"{burst.at_s[0]:.2f}",
            f"{burst.at_s[-1]:.2f}",
            len(burst.at_s),
            burst.label,
            burst.why,
        )
        for burst in sorted(longest, key=lambda burst: burst.at_s[0])
    )
    rest = sorted(bursts, key=lambda burst: -len(burst.at_s))[MOST_BURSTS:]
    left = f"And {len(rest)} shorter, of {sum(len(one.at_s) for one in rest)} packets."
    return Markup(
        '<div class="scroll" tabindex="0" role="group" aria-label="Bursts"><table><thead><tr>'
        '<th scope="col">From, s</th><th scope="col">To, s</th><th scope="col">Packets</th>'
        '<th scope="col">Track</th><th scope="col">Lost by</th></tr></thead>'
        "<tbody>{}</tbody></table></div>{}"
    ).format(rows, Markup('<p class="soft">{}</p>').format(left) if rest else "")
