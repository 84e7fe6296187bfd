"""What the unit of a measured value says about it."""

from __future__ import annotations

_SUFFIXES = {
    "ms": "ms",
    "s": "s",
    "kbps": "kbps",
    "fps": "fps",
    "hz": "Hz",
    "db": "dB",
    "dbfs": "dBFS",
    "deg": "deg",
    "ratio": "ratio",
    "packets": "packets",
    "frames": "frames",
    "events": "events",
    "samples": "samples",
    "tracks": "tracks",
    "bytes": "bytes",
    "px": "px",
}
_TIMES_AND_RATES = {"ms", "s", "kbps", "fps"}
_NEITHER = {
    *("Hz", "dB", "dBFS", "deg", "packets", "frames", "events", "samples", "tracks"),
    *("bytes", "px", "bool"),
}


def unit_of(measures: str) -> str | None:
    """Unit that the name of a measured value ends in, or None: `time_to_silence_ms` → `ms`."""
    return _SUFFIXES.get(measures.rpartition("_")[2])


def is_timing(unit: str) -> bool | None:
    """Whether `unit` is of a time or a rate; None where the unit alone does not tell (`ratio`)."""
    if unit in _TIMES_AND_RATES or unit.endswith(("/s", "/ms", "/min")):
        return True
    return False if unit in _NEITHER else None
