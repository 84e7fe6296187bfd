"""Writing the hand-overs of a publisher: see `harness.evidence.sent`."""

from __future__ import annotations

import struct
from pathlib import Path

_PAIR = struct.Struct("<qq")


class SentFile:
    """Appends hand-overs; `sync` brings them to the disk."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")

    def append(self, number: int, at_ns: int) -> None:
        """Add one hand-over."""
        self._file.write(_PAIR.pack(number, at_ns))

    def sync(self) -> None:
        """Make everything so far readable by others."""
        self._file.flush()

    def close(self) -> None:
        """Sync and close; may be called twice."""
        self._file.close()
