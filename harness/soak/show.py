"""Where a soak is followed: lines that stay, and on a terminal what runs now below them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from harness.soak.soak import Plan, SoakRun
from harness.soak.words import begins_line, ended_lines, running_line

CLEAR = "\r\x1b[K"


class Lines:
    """Shows a soak on a stream.

    Args:
        plan: Of the soak.
        out: A terminal, a file or a pipe: what runs now is for a terminal alone.
    """

    def __init__(self, plan: Plan, out: TextIO) -> None:
        self._plan = plan
        self._out = out
        self._number = 0

    def begins(self, number: int, done: Sequence[SoakRun]) -> None:
        """Which run begins, how long all of them still take, what failed so far."""
        self._number = number
        self.say(begins_line(self._plan, number, done))

    def line(self, text: str) -> None:
        """What the run said last, in place of what it said before."""
        if self._out.isatty():
            self._out.write(CLEAR + running_line(self._plan, self._number, text))
            self._out.flush()

    def ended(self, run: SoakRun) -> None:
        """How it ended."""
        for text in ended_lines(self._plan, run):
            self.say(text)

    def say(self, text: str) -> None:
        """A line that stays."""
        clear = CLEAR if self._out.isatty() else ""
        self._out.write(f"{clear}{text}\n")
        self._out.flush()
