"""What a subcommand is."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

NOTHING_FOUND = 1
"""Exit code of what looked and found nothing, or found something wrong."""
MISUSE = 2
"""Exit code for what the user can put right: a wrong argument, folder or file."""
PASSED_ON = "-- …"
"""Metavar of what a command gives to pytest."""


def tell(text: str) -> None:
    """Write to standard output; whoever reads it may leave before the end: the exit code stays."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()


def drop_output() -> None:
    """From now on nobody reads standard output, and to write to it is no error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def may_be_left_out(parser: argparse.ArgumentParser, actions: str) -> None:
    """Have the usage say that its actions are optional; once all of its arguments are there.

    Args:
        parser: Of the command.
        actions: The metavar of its subparsers.
    """
    usage = parser.format_usage().removeprefix("usage: ").rstrip()
    parser.usage = usage.replace(f"{actions} ...", f"[{actions}]")


@dataclass(frozen=True, kw_only=True)
class Example:
    """A worked command line."""

    line: str
    """As it is typed."""
    does: str
    """What comes of it, half a sentence."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """One subcommand."""

    name: str
    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
    """Returns the exit code; writes to standard output, with `tell` what it is asked for."""
    errors: tuple[type[Exception], ...] = ()
    """What a user's mistake raises: shown as one line, without a traceback."""
    examples: tuple[Example, ...]
    """Shown by `--help`."""
    exit_codes: Mapping[int, str] = field(default_factory=dict)
    """What each says, where there are others than 0 and MISUSE."""
    note: str = ""
    """What one must know besides, in a sentence or two."""
