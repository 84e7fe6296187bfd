"""What a subcommand is."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

NOTHING_FOUND = 1
"""Exit code of what looked and found nothing, or found something wrong."""
MISUSE = 2
"""Exit code for what the user can put right: a wrong argument, folder or file."""


def may_be_left_out(parser: argparse.ArgumentParser, actions: str) -> None:
    """Have the usage say that its actions are optional; once all of its arguments are there.

    Args:
        parser: Of the command.
        actions: The metavar of its subparsers.
    """
    usage = parser.format_usage().removeprefix("usage: ").rstrip()
    parser.usage = usage.replace(f"{actions} ...", f"[{actions}]")


@dataclass(frozen=True, kw_only=True)
class Command:
    """One subcommand."""

    name: str
    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
    """Returns the exit code; writes to standard output."""
    errors: tuple[type[Exception], ...] = ()
    """What a user's mistake raises: shown as one line, without a traceback."""
