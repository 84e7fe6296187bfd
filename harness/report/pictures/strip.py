"""The pictures around the longest time without one, as they were seen, with their numbers."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from markupsafe import Markup, escape

from harness.evidence.recording import FrameStatus, VideoRecording
from harness.evidence.thumbnails import thumbnail
from harness.judging.wording import number
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.png import colour_png
from harness.report.plots import WIDTH

BESIDE = 9
"""Boxes on each side of the gap."""
BOX, GAP = 40, 84
TOP, WIDE, HIGH = 18, 37, 21
"""Where a picture is, and how large: 16 to 9."""
EDGE = 1.5
"""Of its box, that is seen around it."""
HEIGHT = 72
WHY = {status: status.name.lower().replace("_", " ") for status in FrameStatus}


def strip_drawn(folder: AttemptFolder, recording: VideoRecording, *, name: str) -> Markup | None:
    """Pictures in order of arrival with number and time; None of fewer than two.

    What could not be read says why, and what is another track's says so by its number. A box is
    empty where its picture was not kept.
    """
    frames = recording.frames
    if len(frames) < 2:
        return None
    at_ns = frames["arrival_ns"].astype(np.int64)
    longest = int(np.diff(at_ns).argmax())
    before = range(max(0, longest + 1 - BESIDE), longest + 1)
    after = range(longest + 1, min(len(frames), longest + 1 + BESIDE))
    gap_ms = (at_ns[longest + 1] - at_ns[longest]) / 1e6
    after_left = 1 + len(before) * BOX + GAP
    parts = [
        *(_box(folder, recording, place, 1 + n * BOX) for n, place in enumerate(before)),
        _text("word", after_left - (GAP + 3) / 2, TOP + 14, f"{gap_ms:.0f} ms"),
        *(_box(folder, recording, place, after_left + n * BOX) for n, place in enumerate(after)),
    ]
    title = f"Pictures around the longest time without one: {name}"
    told = f"{number(gap_ms)} ms between number {_told(frames[longest])} and the next"
    # numbers of ours, and words that `escape` has seen
    return Markup(  # noqa: S704
        f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f"<title>{escape(title)}</title><desc>{escape(told)}</desc>{''.join(parts)}</svg>"
    )


def _box(folder: AttemptFolder, recording: VideoRecording, place: int, left: int) -> str:
    frame = recording.frames[place]
    read = frame["status"] == FrameStatus.READ
    seconds = folder.second(int(frame["arrival_ns"]))
    words = f"{_told(frame)}, {frame['width']}×{frame['height']} at {seconds:.3f} s"
    middle = left + WIDE / 2
    return (
        f'<g><title>{escape(words)}</title><rect class="strip{"" if read else " unread"}" '
        f'x="{left}" y="{TOP}" width="{WIDE}" height="{HIGH}"/>'
        + _likeness(recording, place, left)
        + "</g>"
        + _text("name", middle, TOP + HIGH + 14, str(frame["counter"]) if read else "?")
        + _text("tick", middle, TOP + HIGH + 28, f"{seconds:.2f}")
    )


def _likeness(recording: VideoRecording, place: int, left: int) -> str:
    pixels = thumbnail(recording, place)
    if pixels is None:
        return ""
    data = base64.b64encode(colour_png(pixels)).decode()
    return (
        f'<image x="{left + EDGE}" y="{TOP + EDGE}" width="{WIDE - 2 * EDGE}" '
        f'height="{HIGH - 2 * EDGE}" preserveAspectRatio="none" '
        f'href="data:image/png;base64,{data}"/>'
    )


def _text(name: str, x: float, y: float, words: str) -> str:
    return f'<text class="{name}" x="{x:g}" y="{y:g}" text-anchor="middle">{words}</text>'


def _told(frame: Any) -> str:  # noqa: ANN401
    status = int(frame["status"])
    if status == FrameStatus.READ:
        return str(int(frame["counter"]))
    known = status in set(FrameStatus)
    return f"not read ({WHY[FrameStatus(status)] if known else status})"
