"""The command `livekit-harness`: a table of subcommands."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from harness.commands import (
    claims,
    clauses,
    compare,
    completion,
    doctor,
    flips,
    gateway,
    init,
    ledger,
    measure,
    profiles,
    report,
    sabotages,
    soak,
)
from harness.commands.command import MISUSE, Command

COMMANDS: tuple[Command, ...] = (
    init.COMMAND,
    report.COMMAND,
    compare.COMMAND,
    claims.COMMAND,
    clauses.COMMAND,
    flips.COMMAND,
    soak.COMMAND,
    doctor.COMMAND,
    sabotages.COMMAND,
    ledger.COMMAND,
    profiles.COMMAND,
    gateway.COMMAND,
    measure.COMMAND,
    completion.COMMAND,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand; argparse exits by itself for `--help` and unknown arguments."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that cannot show a character shows "?"
            stream.reconfigure(errors="replace")
    arguments = build_parser().parse_args(argv)
    command: Command = arguments.command
    try:
        code = command.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except command.errors as error:
        sys.stderr.write(f"livekit-harness: {error}\n")
        return MISUSE
    return code


def build_parser() -> argparse.ArgumentParser:
    """Of the whole command line; what it parses names the `command` to be run."""
    parser = argparse.ArgumentParser(
        prog="livekit-harness",
        description="Conformance harness and network simulator for LiveKit.",
        epilog="The scenarios themselves are run by pytest: pytest scenarios/. Tab completes all "
        "of this once `livekit-harness completion` has told your shell.",
    )
    parser.set_defaults(parser=parser)  # `completion` is made from it
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        one = commands.add_parser(command.name, help=command.help, description=command.help)
        command.arguments(one)
        one.set_defaults(command=command)
    return parser
