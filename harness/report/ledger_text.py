"""The summary of a ledger as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from harness.evidence.clock import NS_PER_S
from harness.evidence.ledger_summary import (
    ControlTraffic,
    LedgerSummary,
    MediaTraffic,
    SideSummary,
    Traffic,
)
from harness.evidence.plural import plural
from harness.evidence.printable import printable

_BARS = "▁▂▃▄▅▆▇█"
_LINE_CELLS = 40
_MOST_BURSTS = 8


def ledger_text(summary: LedgerSummary) -> str:
    """All of a summary; the last line ends with a line feed."""
    lines = [_headline(summary), *(f"cut, or being written still: {cut}" for cut in summary.cuts)]
    for side in summary.sides:
        lines += ["", *_side(side)]
    if summary.unexplained:
        lines += [
            "",
            f"{plural(summary.unexplained, 'packet')} of flows that nobody is known to have had",
        ]
    return printable("\n".join(lines)) + "\n"


def drawn(values: Sequence[float], *, cells: int = _LINE_CELLS) -> str:
    """A line of bars, none higher than the highest value; a blank is nothing at all.

    More values than cells are averaged, as many in each cell as needed.
    """
    per_cell = -(-len(values) // cells) or 1
    parts = [values[at : at + per_cell] for at in range(0, len(values), per_cell)]
    means = [sum(part) / len(part) for part in parts]
    highest = max(means, default=0.0)
    return "".join(
        " " if mean <= 0 else _BARS[min(int(mean / highest * len(_BARS)), len(_BARS) - 1)]
        for mean in means
    )


def _headline(summary: LedgerSummary) -> str:
    if not summary.packets:
        return "the ledger is empty: no packet came to the relay"
    span_s = (summary.until_ns - summary.since_ns) / NS_PER_S
    head = f"{plural(summary.packets, 'packet')} in {span_s:.1f} s"
    if summary.since_wall_ns is None:
        return head
    since = datetime.fromtimestamp(summary.since_wall_ns / NS_PER_S, UTC)
    return f"{head} from {since:%Y-%m-%d %H:%M:%S} UTC"


def _side(side: SideSummary) -> Iterator[str]:
    yield f"{side.participant} {side.direction}"
    for media in side.media:
        yield from _media(media)
    if side.control:
        yield "  control: " + ", ".join(map(_control, side.control))
    if not side.media and not side.control:
        yield "  nothing"


def _media(media: MediaTraffic) -> Iterator[str]:
    names = [
        media.track or f"unknown track, SSRC {media.ssrcs[0]}",
        "repairs" if media.repair else "",
        media.medium or "",
        "" if media.repair else media.codec or "",
        f"layer {media.layer}" if media.layer else "",
    ]
    traffic = media.traffic
    yield f"  {' '.join(filter(None, names))}: {_counts(traffic)}"
    if traffic.rate is not None:
        rate = traffic.rate
        yield (
            f"    kbit/s {rate.mean_kbps:.0f} ({rate.min_kbps:.0f} to {rate.max_kbps:.0f})"
            f"  {drawn(rate.per_second_kbps)}".rstrip()
        )
    yield from _losses(traffic)
    if media.bursts:
        yield f"    in bursts of {_bursts(media.bursts)}"
    if traffic.delay is not None:
        delay = traffic.delay
        yield (
            f"    delay ms {delay.p50_ms:.2f} p50, {delay.p95_ms:.2f} p95, {delay.max_ms:.2f} max"
        )


def _counts(traffic: Traffic) -> str:
    parts = [plural(traffic.packets, "packet"), f"{traffic.bytes / 1000:.1f} kB"]
    if traffic.copies:
        parts.append(plural(traffic.copies, "copy", "copies"))
    parts.append(f"{traffic.lost} lost ({traffic.loss_ratio:.2%})" if traffic.lost else "0 lost")
    if traffic.under_way:
        parts.append(f"{traffic.under_way} on their way at the end")
    return ", ".join(parts)


def _losses(traffic: Traffic) -> Iterator[str]:
    for lost in traffic.lost_by:
        yield f"    {lost.packets} {lost.reason}"


def _bursts(bursts: dict[int, int]) -> str:
    shown = list(bursts.items())[:_MOST_BURSTS]
    text = ", ".join(f"{length} × {times}" for length, times in shown)
    if len(bursts) > _MOST_BURSTS:
        text += f" … up to {max(bursts)}"
    return text


def _control(control: ControlTraffic) -> str:
    traffic = control.traffic
    lost = f" ({traffic.lost} lost)" if traffic.lost else ""
    return f"{traffic.packets} {control.kind.upper()}{lost}"
