"""Files beside a profile that say how fast a network is over time."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

LONGEST_BYTES = 4 << 20
"""Of a file."""


class TraceError(Exception):
    """A trace that is not there or is none; says which file and line."""


def read_opportunities(folder: Path, name: str) -> tuple[int, ...]:
    """A packet-delivery trace in the format of Mahimahi (mm-link).

    Each line is a time in whole ms, not before that of the line above, at which 1500 bytes may
    leave. The trace begins anew at the time of its last line.

    Args:
        folder: Where the profile is.
        name: Of the file in it.

    Raises: TraceError.
    """
    times = tuple(_number(name, index, line) for index, line in enumerate(_lines(folder, name), 1))
    for index, (earlier, later) in enumerate(pairwise(times), 2):
        if later < earlier:
            raise TraceError(f"{name}:{index}: {later} is before the time of the line above")
    if not times or times[-1] == 0:
        raise TraceError(f"{name}: ends at 0 ms: its last line is its length")
    return times


def _lines(folder: Path, name: str) -> list[str]:
    if Path(name).name != name:
        raise TraceError(f"{name!r} is no name of a file beside the profile")
    path = folder / name
    try:
        if path.stat().st_size > LONGEST_BYTES:
            raise TraceError(f"{name}: longer than {LONGEST_BYTES >> 20} MiB")
        return path.read_text("ascii").splitlines()
    except (OSError, ValueError) as error:
        raise TraceError(f"cannot read {name} beside the profile: {error}") from None


def _number(name: str, index: int, line: str) -> int:
    if not line.isdecimal() or len(line) > len(str(LONGEST_BYTES)):
        raise TraceError(f"{name}:{index}: {line[:20]!r} is no whole number of ms")
    return int(line)
