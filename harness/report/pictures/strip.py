"""The pictures around the longest time without one, one box each, with their numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from harness.evidence.recording import FrameStatus
from harness.judging.wording import number
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.plots import WIDTH

BESIDE = 9
"""Boxes on each side of the gap."""
BOX, HEIGHT, TOP, GAP = 40, 62, 18, 84
WHY = {status: status.name.lower().replace("_", " ") for status in FrameStatus}


def strip_drawn(folder: AttemptFolder, frames: NDArray[Any], *, name: str) -> Markup | None:
    """Boxes in order of arrival with number and time; None of fewer than two pictures.

    What could not be read says why, and what is another track's says so by its number.
    """
    if len(frames) < 2:
        return None
    at_ns = frames["arrival_ns"].astype(np.int64)
    longest = int(np.diff(at_ns).argmax())
    before = range(max(0, longest + 1 - BESIDE), longest + 1)
    after = range(longest + 1, min(len(frames), longest + 1 + BESIDE))
    gap_ms = (at_ns[longest + 1] - at_ns[longest]) / 1e6
    parts = [
        *(_box(folder, frames[place], column) for column, place in enumerate(before)),
        _gap(gap_ms, len(before)),
        *(_box(folder, frames[place], len(before), column) for column, place in enumerate(after)),
    ]
    title = f"Pictures around the longest time without one: {name}"
    told = f"{number(gap_ms)} ms between number {_told(frames[longest])} and the next"
    # numbers of ours, and words that `escape` has seen
    return Markup(  # noqa: S704
        f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f"<title>{escape(title)}</title><desc>{escape(told)}</desc>{''.join(parts)}</svg>"
    )


def _box(folder: AttemptFolder, frame: Any, column: int, after: int | None = None) -> str:  # noqa: ANN401 - a row
    left = 1 + column * BOX + (0 if after is None else GAP + after * BOX)
    read = frame["status"] == FrameStatus.READ
    seconds = folder.second(int(frame["arrival_ns"]))
    words = f"{_told(frame)}, {frame['width']}×{frame['height']} at {seconds:.3f} s"
    middle = left + BOX / 2 - 1
    label = str(frame["counter"]) if read else "?"
    return (
        f'<rect class="strip{"" if read else " unread"}" x="{left}" y="{TOP}" '
        f'width="{BOX - 3}" height="24"><title>{escape(words)}</title></rect>'
        + _text("name", middle, TOP + 16, label)
        + _text("tick", middle, TOP + 40, f"{seconds:.2f}")
    )


def _gap(gap_ms: float, column: int) -> str:
    middle = 1 + column * BOX + (GAP - 3) / 2
    return _text("word", middle, TOP + 16, f"{gap_ms:.0f} ms")


def _text(name: str, x: float, y: float, words: str) -> str:
    return f'<text class="{name}" x="{x:g}" y="{y:g}" text-anchor="middle">{words}</text>'


def _told(frame: Any) -> str:  # noqa: ANN401
    status = int(frame["status"])
    if status == FrameStatus.READ:
        return str(int(frame["counter"]))
    known = status in set(FrameStatus)
    return f"not read ({WHY[FrameStatus(status)] if known else status})"
