"""Probes: frames of every buffer encoding, built, taken apart and converted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from livekit import rtc

from harness.participant.call_journal import CallJournal
from harness.signals.colour_chart import colour_chart
from harness.signals.pixel_layout import ENCODINGS


def encodings() -> list[str]:
    """Buffer encodings that the SDK names."""
    return list(rtc.VideoBufferType.keys())


async def build(journal: str, sizes: list[tuple[int, int]]) -> None:
    """Frames of each encoding and size, and what they say of themselves."""
    await _with_each(CallJournal(journal), sizes, _says_of_itself)


async def take_apart(journal: str, sizes: list[tuple[int, int]]) -> None:
    """Frames of each encoding and size, and their planes."""
    await _with_each(CallJournal(journal), sizes, _planes)


async def convert(journal: str, calls: dict[str, dict[str, Any]]) -> None:
    """Convert charts; `path` of each gets the bytes that came out."""
    notes = CallJournal(journal)
    for name, call in calls.items():
        await notes.attempt(name, _convert, **call)


def chart_frame(encoding: str, width: int, height: int) -> rtc.VideoFrame:
    """The colour chart as a frame."""
    data = bytearray(colour_chart(encoding, width, height))
    return rtc.VideoFrame(width, height, rtc.VideoBufferType.Value(encoding), data)


def _convert(
    source: str, target: str, width: int, height: int, flip_y: bool, path: str
) -> dict[str, Any]:
    frame = chart_frame(source, width, height)
    made = frame.convert(rtc.VideoBufferType.Value(target), flip_y=flip_y)
    Path(path).write_bytes(made.data)
    kept = bytes(frame.data) == colour_chart(source, width, height)
    return {**described(made), "kept": kept}


def described(frame: rtc.VideoFrame) -> dict[str, Any]:
    """What a frame says of itself."""
    return {
        "encoding": rtc.VideoBufferType.Name(frame.type),
        "width": frame.width,
        "height": frame.height,
        "bytes": len(frame.data),
    }


async def _with_each(
    notes: CallJournal,
    sizes: list[tuple[int, int]],
    look: Callable[[str, int, int], dict[str, Any]],
) -> None:
    for encoding in ENCODINGS:
        for width, height in sizes:
            await notes.attempt(f"{encoding} {width}×{height}", look, encoding, width, height)


def _says_of_itself(encoding: str, width: int, height: int) -> dict[str, Any]:
    frame = chart_frame(encoding, width, height)
    return {**described(frame), "kept": bytes(frame.data) == colour_chart(encoding, width, height)}


def _planes(encoding: str, width: int, height: int) -> dict[str, Any]:
    frame = chart_frame(encoding, width, height)
    planes: list[bytes] = []
    while (plane := frame.get_plane(len(planes))) is not None:
        planes.append(bytes(plane))
    whole = b"".join(planes)
    return {"planes": [len(plane) for plane in planes], "kept": whole in (bytes(frame.data), b"")}
