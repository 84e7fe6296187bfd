"""What the unit of a measured value says about it."""

from __future__ import annotations

_TIMES = {"ms", "s"}
_TIMES_AND_RATES = _TIMES | {"kbps", "fps"}
_NEITHER = {
    *("packets", "frames", "samples", "markers", "messages", "events", "tracks", "layers", "bytes"),
    *("ratio", "times", "SSIM", "bool", "dB", "dBFS", "Hz", "deg", "px"),
}


def is_time(unit: str) -> bool:
    """Whether `unit` is of a time."""
    return unit in _TIMES


def is_timing(unit: str) -> bool | None:
    """Whether `unit` is of a time or a rate; None where it is not known here.

    What is counted on a share of something (`ratio`) is neither, unless its clause says so.
    """
    if unit in _TIMES_AND_RATES or unit.endswith(("/s", "/ms", "/min")):
        return True
    return False if unit in _NEITHER else None
