"""Probes: arguments of the wrong type, of the wrong size, out of range."""

# ruff: noqa: ANN401 - arguments of any type are the point

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from livekit import rtc

from harness.participant.call_journal import CallJournal

RGBA, BGRA, I420 = rtc.VideoBufferType.RGBA, rtc.VideoBufferType.BGRA, rtc.VideoBufferType.I420
SIDE = 64
"""The frames are as wide as they are high, and their source is as large."""
WHOLE = {RGBA: SIDE * SIDE * 4, I420: SIDE * SIDE * 3 // 2}
Calls = dict[str, Callable[[], object]]


async def call(journal: str, group: str) -> None:
    """Make the calls of a group; what they give is not told."""
    notes = CallJournal(journal)
    for name, made in GROUPS[group]().items():
        await notes.attempt(name, _told_nothing, made)


def _told_nothing(made: Callable[[], object]) -> None:
    made()


def frame(**arguments: Any) -> rtc.VideoFrame:
    right = {"width": SIDE, "height": SIDE, "type": RGBA, "data": bytearray(WHOLE[RGBA])}
    return rtc.VideoFrame(**{**right, **arguments})


def convert(**arguments: Any) -> rtc.VideoFrame:
    return frame(**arguments).convert(BGRA)


def capture(**arguments: Any) -> None:
    rtc.VideoSource(SIDE, SIDE).capture_frame(frame(**arguments))


def data_of_the_wrong_type() -> Calls:
    wrong: dict[str, object] = {
        "a text": "x" * WHOLE[RGBA],
        "a list": [0] * WHOLE[RGBA],
        "a number": WHOLE[RGBA],
        "None": None,
        "a numpy array": np.zeros(WHOLE[RGBA], np.uint8),
        "every other byte of a buffer": memoryview(bytearray(2 * WHOLE[RGBA]))[::2],
    }
    return {name: partial(frame, data=data) for name, data in wrong.items()}


def data_too_short() -> Calls:
    def short(kind: Any, missing: int) -> dict[str, Any]:
        return {"type": kind, "data": bytearray(WHOLE[kind] - missing)}

    return {
        "an RGBA frame without its last byte": lambda: frame(**short(RGBA, 1)),
        "an I420 frame without its last byte": lambda: frame(**short(I420, 1)),
        "a frame of no bytes": lambda: frame(data=b""),
        "half an RGBA frame, converted": lambda: convert(**short(RGBA, WHOLE[RGBA] // 2)),
        "an I420 frame without its last line, captured": lambda: capture(**short(I420, SIDE // 2)),
        "an RGBA frame without its last line, captured": lambda: capture(**short(RGBA, SIDE * 4)),
        "a plane that is not there": lambda: frame(type=I420, data=bytearray(10)).get_plane(2),
    }


def frame_sizes() -> Calls:
    wrong = {"width": (0, -4, 64.5, "64", None), "height": (0, -4, 64.5, "64", None)}
    return {
        f"{side} {value!r}, {action.__name__}": partial(action, **{side: value})
        for side, values in wrong.items()
        for value in values
        for action in (convert, capture)
    }


def unknown_encodings() -> Calls:
    calls: Calls = {}
    wrong: tuple[Any, ...] = (11, -1, 1.5, None)
    for value in wrong:
        calls[f"{value} converted"] = partial(convert, type=value)
        calls[f"{value} captured"] = partial(capture, type=value)
        calls[f"converted to {value}"] = partial(frame().convert, value)
    return calls


def encodings_by_name() -> Calls:
    return {
        "'RGBA' converted": lambda: convert(type="RGBA"),
        "'RGBA' captured": lambda: capture(type="RGBA"),
        "converted to 'BGRA'": lambda: frame().convert("BGRA"),  # type: ignore[arg-type]
    }


def capture_arguments() -> Calls:
    def with_options(**options: Any) -> Callable[[], None]:
        return lambda: rtc.VideoSource(SIDE, SIDE).capture_frame(frame(), **options)

    return {
        "None as a frame": lambda: rtc.VideoSource(SIDE, SIDE).capture_frame(None),  # type: ignore[arg-type]
        "bytes as a frame": lambda: rtc.VideoSource(SIDE, SIDE).capture_frame(b"x"),  # type: ignore[arg-type]
        "a text as a time": with_options(timestamp_us="now"),
        "a time beyond 64 bits": with_options(timestamp_us=2**70),
        "a rotation of 90": with_options(rotation=90),
        "an unknown rotation": with_options(rotation=-1),
    }


def source_sizes() -> Calls:
    wrong: tuple[Any, ...] = (-1, 2**33, 64.5, "64", None)
    return {f"width {value!r}": partial(rtc.VideoSource, value, SIDE) for value in wrong}


def planes_that_are_not() -> Calls:
    def must_be_none(kind: Any, index: int) -> Callable[[], None]:
        def get() -> None:
            found = frame(type=kind).get_plane(index)
            if found is not None:
                raise ValueError(f"a plane of {len(found)} bytes")

        return get

    return {
        "RGBA, plane 0": must_be_none(RGBA, 0),
        "RGBA, plane -1": must_be_none(RGBA, -1),
        "I420, plane 3": must_be_none(I420, 3),
        "I420, plane -1": must_be_none(I420, -1),
    }


GROUPS: dict[str, Callable[[], Calls]] = {
    made.__name__: made
    for made in (
        data_of_the_wrong_type,
        data_too_short,
        frame_sizes,
        unknown_encodings,
        encodings_by_name,
        capture_arguments,
        source_sizes,
        planes_that_are_not,
    )
}
