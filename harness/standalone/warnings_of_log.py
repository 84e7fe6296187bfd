"""What the gateway's log warns of, for the person who watches it."""

from __future__ import annotations

import re
from pathlib import Path

from harness.evidence.printable import printable_line

MOST_BYTES = 64 * 1024
MOST_LINES = 5
"""At one look; a flood stays in the log."""
_WARNING = re.compile(r"^\S+ \S+ (?:WARNING|ERROR) [\w.]+: (.*)$")


class LogWarnings:
    """Reads on in a log that grows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = 0

    def fresh(self) -> list[str]:
        """Warnings and errors since the last look, without time and place."""
        try:
            with self._path.open("rb") as log:
                log.seek(self._at)
                text = log.read(MOST_BYTES)
        except OSError:
            return []
        whole = text[: text.rfind(b"\n") + 1] or text[: MOST_BYTES * (len(text) == MOST_BYTES)]
        self._at += len(whole)
        found = [
            printable_line(match[1])
            for line in whole.decode(errors="replace").splitlines()
            if (match := _WARNING.match(line))
        ]
        if len(found) > MOST_LINES:
            found[MOST_LINES:] = [f"… and {len(found) - MOST_LINES} more, see {self._path}"]
        return found
