"""`livekit-harness clauses`."""

from __future__ import annotations

import argparse
import sys
import textwrap

from harness.clauses.catalogue import SHIPPED, Catalogue, CatalogueError, UnknownClauseError
from harness.clauses.model import Clause
from harness.commands.command import Command
from harness.judging.wording import expected


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--area", help="only the clauses of one area, e.g. MUTE")
    actions = parser.add_subparsers(metavar="show ID")
    show = actions.add_parser("show", help="all that the catalogue says about one clause")
    show.add_argument("id", metavar="ID", help="e.g. MUTE-002")


def _run(arguments: argparse.Namespace) -> int:
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


COMMAND = Command(
    name="clauses",
    help="list the clauses of the catalogue, or show one",
    arguments=_arguments,
    run=_run,
    errors=(CatalogueError, UnknownClauseError),
)
