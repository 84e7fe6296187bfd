"""Files that the gateway appends to while media runs, a line at a time, flushed."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class LineWriter:
    """One NDJSON file. A full or vanished disk ends the file, never the gateway."""

    path: Path
    error: str | None = field(default=None, init=False)
    """Why the file is not complete, or None."""

    def __post_init__(self) -> None:
        self._file = self.path.open("ab", buffering=0)

    def write(self, row: object) -> None:
        """Append one object as one line."""
        if self.error is not None:
            return
        try:
            self._file.write(msgspec.json.encode(row) + b"\n")
        except OSError as error:
            self.error = f"{self.path.name} ends here: {error.strerror}"
            log.error("%s", self.error)  # noqa: TRY400 - the line says it all

    def close(self) -> None:
        """Close the file; writing afterwards is an error of the program."""
        self._file.close()
