"""The command `livekit-harness`: a table of subcommands."""

from __future__ import annotations

import argparse
import re
import signal
import sys
from collections.abc import Sequence
from importlib.metadata import version
from io import TextIOWrapper
from typing import NoReturn

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
from harness.commands.command import MISUSE, PASSED_ON, Command, drop_output
from harness.commands.epilog import Formatter, epilog
from harness.evidence.nearest import did_you_mean
from harness.evidence.printable import printable

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


_WRONG_CHOICE = re.compile(r"invalid choice: '(.*)' \(choose from (.*)\)$")
_UNKNOWN = re.compile(r"^unrecognized arguments: (.*)$")
_NO_VALUE = re.compile(r"argument (--\S+): expected one argument$")


class Parser(argparse.ArgumentParser):
    """That of argparse; its errors say what was perhaps meant."""

    def error(self, message: str) -> NoReturn:
        """End with usage and message."""
        super().error(message + (_hint(message) or self._passed_on(message)))

    def _passed_on(self, message: str) -> str:
        found = _UNKNOWN.search(message)
        if not found or all(one.metavar != PASSED_ON for one in self._actions):
            return ""
        return f"; what pytest is to be given stands behind --: -- {found[1]} …"


def _hint(message: str) -> str:
    if found := _WRONG_CHOICE.search(message):
        choices = re.findall(r"[\w-]+", found[2])
        shown = f"did you mean show {found[1]}?" if "show" in choices else ""
        hint = did_you_mean(found[1], choices) or shown
        return f"; {hint}" if hint else ""
    found = _NO_VALUE.search(message)
    return f"; what begins with a - is written as {found[1]}=-…" if found else ""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand; argparse exits by itself for `--help` and unknown arguments."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that cannot show a character shows "?"
            stream.reconfigure(errors="replace")
    parser = build_parser()
    arguments, unknown = parser.parse_known_args(argv)
    if unknown:  # said by the parser of the command, not by that of all of them
        arguments.parsed_by.error(f"unrecognized arguments: {' '.join(unknown)}")
    command: Command | None = arguments.command
    if command is None:
        parser.print_help(sys.stderr)
        return MISUSE
    code = 128 + signal.SIGPIPE  # as of a program that it ends: what it would have said is unknown
    try:
        code = command.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output has seen enough
        drop_output()
    except command.errors as error:
        sys.stderr.write(f"livekit-harness: {printable(str(error))}\n")
        return MISUSE
    return code


def build_parser() -> argparse.ArgumentParser:
    """Of the whole command line; what it parses names the `command` to be run."""
    parser = Parser(
        prog="livekit-harness",
        description="Conformance harness and network simulator for LiveKit.",
        epilog="The scenarios themselves are run by pytest: pytest scenarios/. Tab completes all "
        "of this once `livekit-harness completion` has told your shell.",
    )
    parser.add_argument(
        "--version", action="version", version=f"livekit-harness {version('livekit-harness')}"
    )
    # `completion` is made from it
    parser.set_defaults(parser=parser, parsed_by=parser, command=None)
    commands = parser.add_subparsers(metavar="COMMAND")
    for command in COMMANDS:
        one = commands.add_parser(
            command.name,
            help=command.help,
            description=command.help,
            epilog=epilog(command),
            formatter_class=Formatter,
        )
        command.arguments(one)
        one.set_defaults(command=command, parsed_by=one)
    return parser
