"""What `--help` of a subcommand says below its arguments: examples, exit codes, a note."""

from __future__ import annotations

import argparse
import re
import textwrap
from collections.abc import Iterator

from harness.commands.command import MISUSE, Command

_MISUSE = "what was asked cannot be done: one line says why"
_BEFORE_TEXT = re.compile(r" *(?:\d+ +)?")
"""Of a line: its indentation, and an exit code."""


class Formatter(argparse.HelpFormatter):
    """That of argparse, but a text keeps its lines; one that is too long hangs below its start."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(_filled(f"{indent}{line}", width) for line in text.splitlines())


def _filled(line: str, width: int) -> str:
    start = len(line) - len(_BEFORE_TEXT.sub("", line, count=1))
    return textwrap.fill(
        line,
        width,
        subsequent_indent=" " * start,
        break_on_hyphens=False,  # of an option
        break_long_words=False,
    )


def epilog(command: Command) -> str:
    """Its lines, for `Formatter`."""
    parts = ["\n".join(_examples(command))]
    if command.exit_codes:
        parts.append("\n".join(_exit_codes(command)))
    if command.note:
        parts.append(command.note)
    return "\n\n".join(parts)


def exit_codes(command: Command) -> dict[int, str]:
    """What each says, in their order; none where there are no others than 0 and MISUSE."""
    if not command.exit_codes:
        return {}
    return dict(sorted({MISUSE: _MISUSE, **command.exit_codes}.items()))


def _examples(command: Command) -> Iterator[str]:
    yield "examples:"
    for example in command.examples:
        yield f"  {example.line}"
        yield f"      {example.does}"


def _exit_codes(command: Command) -> Iterator[str]:
    yield "exit code:"
    for code, meaning in exit_codes(command).items():
        yield f"  {code:<4} {meaning}"
