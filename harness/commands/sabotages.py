"""`livekit-harness sabotages`."""

from __future__ import annotations

import argparse
import re
import textwrap
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from harness.clauses.catalogue import SHIPPED, Catalogue, UnknownClauseError
from harness.commands.command import Command, Example, tell
from harness.evidence.plural import plural
from harness.judging.deviations import DeviationError, Deviations
from harness.sabotage.registry import KIND_OF, KINDS, SABOTAGES, UnknownSabotage, sabotage_named
from harness.sabotage.sabotage import Sabotage

WIDTH = 100
DEVIATIONS = Path("scenarios/known_deviations.toml")
"""What is known to fail needs no sabotage; read where there is such a file."""
_CLAUSE = re.compile(r"[A-Za-z]+-\d+")


def _arguments(parser: argparse.ArgumentParser) -> None:
    one = parser.add_mutually_exclusive_group()
    one.add_argument(
        "asked",
        nargs="?",
        metavar="CLAUSE|SABOTAGE",
        help="say what kills this clause, or what this sabotage does",
    )
    one.add_argument("--unproven", action="store_true", help="list clauses that nothing is to kill")


def _run(arguments: argparse.Namespace) -> int:
    catalogue = Catalogue.load(SHIPPED)
    sabotages = SABOTAGES.values()
    if arguments.unproven:
        lines = _unproven(catalogue, sabotages)
    elif arguments.asked is None:
        lines = _by_kind(sabotages)
    elif _CLAUSE.fullmatch(arguments.asked):
        clause = catalogue[arguments.asked.upper()].id
        lines = _killers(clause, sabotages, known=_known(catalogue).know(clause))
    else:
        lines = iter(_described(sabotage_named(arguments.asked)))
    tell("".join(f"{line}\n" for line in lines))
    return 0


def _by_kind(sabotages: Iterable[Sabotage]) -> Iterator[str]:
    for kind in KINDS:
        members = [one for one in sabotages if KIND_OF[one.name] == kind]
        yield f"{kind} ({len(members)})"
        for one in members:
            yield from _described(one)


def _described(one: Sabotage) -> list[str]:
    ends = [
        f"{does} {', '.join(sorted(clauses))}"
        for does, clauses in (("kills", one.kills), ("starves", one.starves))
        if clauses
    ]
    said = f"harmless: {one.harmless}" if one.harmless else ", ".join(ends)
    text = f"{one.name}: {one.breaks}; {said}"
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="      ")


def _killers(clause: str, sabotages: Iterable[Sabotage], *, known: bool) -> Iterator[str]:
    killers = [one for one in sabotages if clause in one.kills]
    by_itself = ": it is known to fail with nothing broken" if known else ""
    yield f"{clause} is killed by {plural(len(killers), 'sabotage')}{by_itself}"
    for one in killers:
        yield from _described(one)


def _known(catalogue: Catalogue) -> Deviations:
    files = [DEVIATIONS] if DEVIATIONS.is_file() else []
    return Deviations.load(*files, catalogue=catalogue, today=datetime.now(UTC).date())


def _unproven(catalogue: Catalogue, sabotages: Iterable[Sabotage]) -> Iterator[str]:
    killed = {clause for one in sabotages for clause in one.kills}
    known = _known(catalogue)
    alive = [
        clause
        for clause in catalogue.values()
        if clause.id not in killed and not known.know(clause.id)
    ]
    yield (
        f"{len(alive)} of {len(catalogue)} clauses are named by no sabotage and not known to fail"
    )
    for clause in alive:
        text = f"{clause.id}: {clause.statement}"
        yield from textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="      ")


COMMAND = Command(
    name="sabotages",
    help="list what can be broken on purpose and which clauses must notice, by kind",
    arguments=_arguments,
    run=_run,
    errors=(DeviationError, UnknownClauseError, UnknownSabotage),
    examples=(
        Example(
            line="livekit-harness sabotages MUTE-002",
            does="what turns this clause to FAIL; `pytest --lk-sabotage=NAME` plays one of them",
        ),
        Example(
            line="livekit-harness sabotages late-mute",
            does="what this one breaks, and which clauses must notice",
        ),
        Example(
            line="livekit-harness sabotages --unproven",
            does="clauses that no sabotage names and that are not known to fail",
        ),
    ),
)
