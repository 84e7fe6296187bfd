"""Where a running gateway is shown: a table that is drawn anew, or a line for each change."""

from __future__ import annotations

import shutil
from typing import Protocol, TextIO

from harness.standalone.table import changes, table
from harness.standalone.view import View

CLEAR_BELOW = "\x1b[J"
CUT_LINES, WRAP_LINES = "\x1b[?7l", "\x1b[?7h"
"""What a terminal does at its edge; a name may be wider than it has characters."""
LINES_KEPT_FREE = 2
"""Of the terminal's height: for the cursor's line, and the last that was said."""


class Display(Protocol):
    """How a gateway is shown while it runs."""

    def say(self, line: str) -> None:
        """One line that stays."""

    def show(self, view: View) -> None:
        """What is going on now."""

    def close(self) -> None:
        """Nothing follows."""


def display_on(out: TextIO) -> Display:
    """The display that suits a stream."""
    return LiveTable(out) if out.isatty() else ChangeLines(out)


class LiveTable:
    """A terminal: the table stands below what was said."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._drawn: list[str] = []

    def say(self, line: str) -> None:
        """Put a line above the table."""
        self._draw([line], self._drawn)

    def show(self, view: View) -> None:
        """Draw the table in place of the former one."""
        size = shutil.get_terminal_size()
        lines = table(view, width=size.columns - 1, height=size.lines - LINES_KEPT_FREE)
        self._draw([], lines)

    def close(self) -> None:
        """Take the table away; the summary says more."""
        self._draw([], [])

    def _draw(self, said: list[str], lines: list[str]) -> None:
        up = f"\x1b[{len(self._drawn)}F" if self._drawn else ""
        told, drawn = ("".join(f"{line}\n" for line in part) for part in (said, lines))
        self._out.write(up + CLEAR_BELOW + told + CUT_LINES + drawn + WRAP_LINES)
        self._out.flush()
        self._drawn = lines


class ChangeLines:
    """A file or a pipe: a line when somebody comes or leaves, or a network changes."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._view: View = ()

    def say(self, line: str) -> None:
        """Write it."""
        self._out.write(f"{line}\n")
        self._out.flush()

    def show(self, view: View) -> None:
        """Write what has changed since the view before."""
        for line in changes(self._view, view):
            self.say(line)
        self._view = view

    def close(self) -> None:
        """Nothing is open."""
