"""The command `livekit-harness`: a table of subcommands, each a few lines over its room."""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.clauses.catalogue import SHIPPED, Catalogue, CatalogueError, UnknownClauseError
from harness.clauses.model import Clause
from harness.evidence.run_folder import RunFolderError
from harness.judging.wording import expected
from harness.report.render import render
from harness.report.terminal import summary
from harness.sabotage.registry import SABOTAGES
from harness.server.choose import Wanted
from harness.server.doctor import examine
from harness.server.model import ServerError

NOTHING_FOUND = 1
"""Exit code of `doctor` when no livekit-server can be had."""
MISUSE = 2
"""Exit code for what the user can put right: a wrong argument, folder or file."""


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


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand; argparse exits by itself for `--help` and unknown arguments."""
    arguments = _parser().parse_args(argv)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="livekit-harness",
        description="Conformance harness and network simulator for LiveKit.",
        epilog="The scenarios themselves are run by pytest: pytest scenarios/",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        one = commands.add_parser(command.name, help=command.help, description=command.help)
        command.arguments(one)
        one.set_defaults(command=command)
    return parser


def _report_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="run folder, e.g. reports/latest")


def _report(arguments: argparse.Namespace) -> int:
    sys.stdout.write(summary(render(arguments.folder)))
    return 0


def _clauses_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--area", help="only the clauses of one area, e.g. MUTE")
    actions = parser.add_subparsers(metavar="show ID")
    show = actions.add_parser("show", help="all that the catalogue says about one clause")
    show.add_argument("id", metavar="ID", help="e.g. MUTE-002")


def _clauses(arguments: argparse.Namespace) -> int:
    catalogue = Catalogue.load(SHIPPED)
    if getattr(arguments, "id", None) is not None:
        sys.stdout.write(describe(catalogue[arguments.id]))
        return 0
    chosen = catalogue.of_area(arguments.area) if arguments.area else catalogue
    for clause in chosen.values():
        sys.stdout.write(f"{clause.id:<10} {clause.level:<6} {clause.statement}\n")
    return 0


def describe(clause: Clause) -> str:
    """All that the catalogue says about a clause, as lines for a terminal."""
    rows = {
        "level": clause.level,
        "measures": f"{clause.measures} ({clause.unit})",
        "limit": expected(clause.limit, clause.unit),
        "why this": clause.limit_source,
        "evidence": ", ".join(clause.evidence),
        "source": clause.source,
        "claims": ", ".join(map(str, clause.claims)) or "none",
    }
    lines = [f"{clause.id}  {clause.statement}"]
    lines += [f"  {name:<10}{text}" for name, text in rows.items()]
    wrapped = (textwrap.fill(line, 100, subsequent_indent=" " * 12) for line in lines)
    return "\n".join(wrapped) + "\n"


def _no_arguments(_: argparse.ArgumentParser) -> None:
    """For commands that need none."""


def _doctor_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lk-server-binary", type=Path, help="as pytest takes it")


def _doctor(arguments: argparse.Namespace) -> int:
    found = examine(Wanted(server_binary=arguments.lk_server_binary))
    sys.stdout.write("\n".join(found.lines()) + "\n")
    return 0 if found.auto else NOTHING_FOUND


def _sabotages(_: argparse.Namespace) -> int:
    for sabotage in SABOTAGES.values():
        kills = ", ".join(sorted(sabotage.kills))
        sys.stdout.write(f"{sabotage.name:<18} {sabotage.breaks}; turns to FAIL: {kills}\n")
    return 0


COMMANDS: tuple[Command, ...] = (
    Command(
        name="report",
        help="make results.json, junit.xml and report.html from a run folder, also a killed run's",
        arguments=_report_arguments,
        run=_report,
        errors=(RunFolderError,),
    ),
    Command(
        name="clauses",
        help="list the clauses of the catalogue, or show one",
        arguments=_clauses_arguments,
        run=_clauses,
        errors=(CatalogueError, UnknownClauseError),
    ),
    Command(
        name="doctor",
        help="say where a livekit-server would come from, and what would help if from nowhere",
        arguments=_doctor_arguments,
        run=_doctor,
        errors=(ServerError,),
    ),
    Command(
        name="sabotages",
        help="list what --lk-sabotage can break on purpose, and which clauses must notice",
        arguments=_no_arguments,
        run=_sabotages,
    ),
)
