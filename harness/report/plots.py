"""Plots as inline SVG: lines over time or a distribution, bands behind them, a bar in parts.

Own, because a page that is one file, needs no network and follows light and dark wants exactly
this: matplotlib's SVG has its colours inside and weighs more than the page, plotly and Vega bring
megabytes of script, pygal asks a CDN. Colours come from `plots.css` by class; lines differ by
dashes and bands by their words as well, so that none is told by colour alone. Each plot has a title
and a description for those who do not see it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from harness.judging.wording import number
from harness.report.scale import Scale, scale_of

WIDTH, HEIGHT = 860, 260
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 34, 40
STYLES = 6
"""Dashes and colours in `plots.css`; from the seventh line on they repeat."""
PART_STYLES = 9
MARK_ROWS = 3
MARK_ORDER = ("limit", "open", "kept", "moment", "floor")
"""Which have the first choice of room for their words: what a picture is looked at for."""
CHARACTER = 6.5
"""Width of one, about."""
COLUMNS = 400
"""Of a line with more points than two for each, smallest and largest are drawn in each column."""
BAR_TOP, BAR_HEIGHT = 20, 30
LEGEND_STEP = 18
LEGEND_ROWS = 2
LEGEND_HEIGHT = 14
LEGEND_WIDTH = 650
"""Before it stands what the axis upward is."""

Tone = Literal["phase", "fault", "inner", "middle", "outer"]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One series. Broken where neighbours are more than `break_x` apart, and where y is NaN."""

    label: str
    x: NDArray[np.float64]
    """Ascending."""
    y: NDArray[np.float64]
    style: int = 0
    break_x: float = float("inf")


@dataclass(frozen=True, kw_only=True)
class Band:
    """A range of one axis with a word: a phase of a network, a range of a recommendation."""

    low: float
    high: float
    label: str
    tone: Tone


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One value of an axis with a word: a limit, a floor, a moment at which something was done."""

    at: float
    label: str
    tone: Literal["moment", "limit", "kept", "open", "floor"]
    """`kept` is a limit that was, `open` one of which nothing is known."""
    since: float | None = None
    """Of the end of a time, when that began: a line leads from there."""
    span: tuple[float, float] | None = None
    """Of a value of the axis upward: where along the other it holds; None: everywhere."""


@dataclass(frozen=True, kw_only=True)
class Image:
    """A PNG file over a part of both axes, behind everything; its lowest row is `y_low`."""

    png: bytes
    x_low: float
    x_high: float
    y_low: float
    y_high: float


@dataclass(frozen=True, kw_only=True)
class Axis:
    """What is drawn along a side."""

    label: str
    """With the unit."""
    low: float
    high: float
    log: bool = False


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of a bar."""

    label: str
    value: float
    """Negative is drawn as nothing, and its words say what it is."""
    number: int
    """From 1 on: written in it and before its name, and its colour."""


def chart(
    *,
    title: str,
    description: str,
    x: Axis,
    y: Axis,
    lines: Sequence[Line],
    x_bands: Sequence[Band] = (),
    y_bands: Sequence[Band] = (),
    x_marks: Sequence[Mark] = (),
    y_marks: Sequence[Mark] = (),
    image: Image | None = None,
) -> Markup:
    """Lines over an axis, with bands and marks; what lies outside the axes is held at their ends.

    Words of marks stand where there is room; all are told to who points at one.
    """
    across = scale_of(x.low, x.high, LEFT, WIDTH - RIGHT, log=x.log)
    upward = scale_of(y.low, y.high, HEIGHT - BOTTOM, TOP, log=y.log)
    parts = [
        *([] if image is None else [_image(image, across, upward)]),
        *_y_bands(y_bands, upward),
        *_x_bands(x_bands, across),
        *_grid(across, upward),
        _text("label", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, x.label, anchor="middle"),
        _text("label", LEFT, 12, y.label),
        *_legend(lines),
        *(_path(line, across, upward) for line in lines),
        *_x_marks(x_marks, across),
        *_y_marks(y_marks, upward, across),
    ]
    return _svg(title, description, HEIGHT, parts)


def parts_bar(*, title: str, description: str, parts: Sequence[Part], unit: str) -> Markup:
    """One bar made of parts from left to right, numbered, each named with its value below."""
    whole = sum(max(0.0, part.value) for part in parts) or 1.0
    drawn, at = [_text("name", 1, 12, title)], 0.0
    for place, part in enumerate(parts):
        wide = (WIDTH - 2) * max(0.0, part.value) / whole
        style = f"part p{part.number % PART_STYLES}"
        drawn.append(_rect(style, 1 + at, BAR_TOP, wide, BAR_HEIGHT, part.label))
        at += wide
        row = BAR_TOP + BAR_HEIGHT + 8 + LEGEND_STEP * (place // 3)
        left = 1 + (place % 3) * (WIDTH / 3)
        drawn.append(_rect(style, left, row, 12, 12))
        words = f"{part.number} {part.label}: {part.value:.1f} {unit}"
        drawn.append(_text("name", left + 18, row + 10, words))
        if wide > 14:
            middle = 1 + at - wide / 2
            drawn.append(_text("inside", middle, BAR_TOP + 20, f"{part.number}", "middle"))
    rows = -(-len(parts) // 3)
    return _svg(title, description, BAR_TOP + BAR_HEIGHT + 10 + LEGEND_STEP * rows, drawn)


def cdf(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points of the empirical distribution: values, and per cent of all that are no larger."""
    ordered = np.sort(values)
    return ordered, np.arange(1, len(ordered) + 1) * 100.0 / max(1, len(ordered))


def _svg(title: str, description: str, height: float, parts: Sequence[str]) -> Markup:
    # numbers of ours, and words that `escape` has seen
    return Markup(  # noqa: S704
        f'<svg class="plot" viewBox="0 0 {WIDTH} {height:g}" role="img">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{''.join(parts)}</svg>"
    )


def _grid(across: Scale, upward: Scale) -> Iterator[str]:
    for value in upward.ticks:
        at = upward(value)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>'
        yield _text("tick", LEFT - 6, at + 4, number(value), "end")
    for value in across.ticks:
        at, foot = across(value), HEIGHT - BOTTOM
        yield f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{foot}"/>'
        yield _text("tick", at, foot + 15, number(value), "middle")


def _legend(lines: Sequence[Line]) -> Iterator[str]:
    """Names in rows; those for which there is no room are told to who points at their line."""
    rows: list[list[Line]] = [[]]
    for line in lines:
        if rows[-1] and sum(map(_named_wide, [*rows[-1], line])) > LEGEND_WIDTH:
            rows.append([])
        rows[-1].append(line)
    for row, named in enumerate(rows[:LEGEND_ROWS]):
        at, foot = WIDTH - RIGHT - sum(map(_named_wide, named)), 12 + LEGEND_HEIGHT * row
        for line in named:
            yield (
                f'<line class="line s{line.style % STYLES}" x1="{at}" x2="{at + 26}" '
                f'y1="{foot - 4}" y2="{foot - 4}"/>'
            )
            yield _text("name", at + 32, foot, line.label)
            at += _named_wide(line)


def _named_wide(line: Line) -> int:
    """How much room its name takes in the legend, with the piece of it before."""
    return 7 * len(line.label) + 52


def _x_bands(bands: Sequence[Band], across: Scale) -> Iterator[str]:
    for place, band in enumerate(bands):
        left, right = across(band.low), across(band.high)
        yield _rect(f"band {band.tone}", left, TOP, right - left, HEIGHT - TOP - BOTTOM, band.label)
        if right - left > 7 * len(band.label) + 6:
            yield _text("word", left + 4, TOP + 12 + 12 * (place % 2), band.label)


def _y_bands(bands: Sequence[Band], upward: Scale) -> Iterator[str]:
    for band in bands:
        top, foot = upward(band.high), upward(band.low)
        yield _rect(f"band {band.tone}", LEFT, top, WIDTH - RIGHT - LEFT, foot - top, band.label)
        if foot - top > 12:  # at the foot: bands inside each other are nearer at their heads
            yield _text("word", WIDTH - RIGHT - 4, foot - 4, band.label, "end")


def _x_marks(marks: Sequence[Mark], across: Scale) -> Iterator[str]:
    """Words in MARK_ROWS rows: each in the first row that has room, none where all are taken.

    Limits first.
    """
    taken: list[list[tuple[float, float]]] = [[] for _ in range(MARK_ROWS)]
    for mark in sorted(marks, key=lambda mark: (MARK_ORDER.index(mark.tone), mark.at)):
        at = across(mark.at)
        begun = at if mark.since is None else across(mark.since)
        yield _mark(mark, f"M{begun:.1f} {TOP}H{at:.1f}V{HEIGHT - BOTTOM}")
        wide = CHARACTER * (len(mark.label) + 2) + 8
        left, anchor = (at + 3, "start") if at + wide < WIDTH else (at - 3, "end")
        begin = at if anchor == "start" else at - wide
        for row, words in enumerate(taken):
            if all(begin + wide <= low or high <= begin for low, high in words):
                words.append((begin, begin + wide))
                label = mark.label if anchor == "start" else f"{mark.label} ▸"
                yield _text("word", left, HEIGHT - BOTTOM - 5 - 12 * row, label, anchor)
                break


def _y_marks(marks: Sequence[Mark], upward: Scale, across: Scale) -> Iterator[str]:
    for mark in marks:
        at, begin, end = upward(mark.at), float(LEFT), float(WIDTH - RIGHT)
        if mark.span is not None:
            begin, end = map(across, mark.span)
        yield _mark(mark, f"M{begin:.1f} {at:.1f}H{end:.1f}")
        yield _text("word", begin + 4, at - 3, mark.label)


def _mark(mark: Mark, drawn: str) -> str:
    title = f"<title>{escape(mark.label)}</title>"
    return f'<path class="mark {mark.tone}" d="{drawn}">{title}</path>'


def _image(image: Image, across: Scale, upward: Scale) -> str:
    left, right = across(image.x_low), across(image.x_high)
    top, foot = upward(image.y_high), upward(image.y_low)
    data = base64.b64encode(image.png).decode()
    return (
        f'<image x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" '
        f'height="{foot - top:.1f}" preserveAspectRatio="none" '
        f'href="data:image/png;base64,{data}"/>'
    )


def _path(line: Line, across: Scale, upward: Scale) -> str:
    """One path of all unbroken stretches; a single point is a dot."""
    broken = np.isnan(line.y)
    edges = np.flatnonzero((np.diff(line.x) > line.break_x) | broken[1:] | broken[:-1]) + 1
    drawn = []
    for x, y in zip(np.split(line.x, edges), np.split(line.y, edges), strict=True):
        if not len(x) or np.isnan(y).any():
            continue
        x, y = _thinned(x, y)
        points = [f"{across(a):.1f} {upward(b):.1f}" for a, b in zip(x, y, strict=True)]
        drawn.append(f"M{points[0]}L{' '.join(points[1:] or points)}")
    path = f'<path class="line s{line.style % STYLES}" d="{"".join(drawn)}">'
    return f"{path}<title>{escape(line.label)}</title></path>"


def _thinned(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """In each of COLUMNS columns the smallest and the largest y, in order: no peak is lost."""
    if len(x) <= 2 * COLUMNS:
        return x, y
    edges = np.linspace(0, len(x), COLUMNS + 1).astype(int)
    kept = [
        sorted({low + int(y[low:high].argmin()), low + int(y[low:high].argmax())})
        for low, high in pairwise(edges.tolist())
    ]
    places = np.array([place for column in kept for place in column])
    return x[places], y[places]


def _rect(name: str, x: float, y: float, width: float, height: float, words: str = "") -> str:
    return (
        f'<rect class="{name}" x="{x:.1f}" y="{y:.1f}" width="{max(0.0, width):.1f}" '
        f'height="{max(0.0, height):.1f}"><title>{escape(words)}</title></rect>'
    )


def _text(name: str, x: float, y: float, words: str, anchor: str = "start") -> str:
    return (
        f'<text class="{name}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )
