"""A measured value beside its limit, as a small picture."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

WIDTH, HEIGHT = 132, 16


def gauge(
    measured: float | None,
    interval: tuple[float, float] | None,
    limit: Mapping[str, float] | None,
    floor: float | None = None,
) -> Markup:
    """Inline SVG: what is not allowed is shaded, the interval is a bar, the value a tick.

    Empty when there is nothing to compare. Colours come from the style sheet of the page.
    """
    if measured is None or not limit:
        return Markup("")
    ends = interval or (measured, measured)
    scale = _Scale([measured, *ends, *limit.values(), *([] if floor is None else [floor])])
    parts = [_box("track", 0, WIDTH)]
    if "min" in limit:
        parts.append(_box("out", 0, scale(limit["min"])))
    if "max" in limit:
        parts.append(_box("out", scale(limit["max"]), WIDTH))
    parts += [_tick("limit", scale(end), 1) for end in limit.values()]
    if floor is not None:
        parts.append(_tick("floor", scale(floor), 4))
    if ends[0] != ends[1]:
        parts.append(_box("interval", scale(ends[0]), scale(ends[1])))
    parts.append(_tick("value", scale(measured), 2))
    # only numbers and our own words are in there: nothing that came from outside
    return Markup(  # noqa: S704
        f'<svg class="gauge" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">'
        f"{''.join(parts)}</svg>"
    )


class _Scale:
    """Maps values to pixels, with some room on both sides, and zero in sight of positive values."""

    def __init__(self, values: list[float]) -> None:
        low, high = min(values), max(values)
        if low > 0:
            low = 0.0
        room = (high - low) * 0.12 or 1.0
        self._low = low if low == 0.0 else low - room
        self._span = high + room - self._low

    def __call__(self, value: float) -> float:
        return 1 + (WIDTH - 2) * (value - self._low) / self._span


def _box(name: str, left: float, right: float) -> str:
    """A thick line: a page may have thousands, and this is the shortest."""
    return f'<path class="{name}" d="M{left:.1f} {HEIGHT // 2}H{max(right, left):.1f}"/>'


def _tick(name: str, x: float, top: float) -> str:
    return f'<path class="{name}" d="M{x:.1f} {top}V{HEIGHT - top}"/>'
