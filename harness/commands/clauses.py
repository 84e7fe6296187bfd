"""`livekit-harness clauses`."""

from __future__ import annotations

import argparse
from dataclasses import replace

from harness.clauses.catalogue import SHIPPED, Catalogue, CatalogueError, UnknownClauseError
from harness.clauses.claims import documentation
from harness.clauses.model import Clause, Level
from harness.commands.command import NOTHING_FOUND, Command, Example, may_be_left_out, tell
from harness.commands.runs import REPORTS, check_reports, claim_number, reports_argument, say
from harness.evidence.finding import Verdict
from harness.evidence.run_folder import RunFolderError
from harness.judging.flips import series_of
from harness.report.clause_text import clause_text, history_text
from harness.report.flips_text import skipped_lines
from harness.report.model import read_report
from harness.report.stored_runs import StoredRuns, stored_runs

UNJUDGED = "NONE"
"""Instead of the last verdict of a clause that no stored run is about."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--area", metavar="AREA", type=str.upper, help="only the clauses of one area, e.g. MUTE"
    )
    parser.add_argument(
        "--claim",
        type=claim_number,
        metavar="N",
        help="only those that decide a claim or inform of it",
    )
    parser.add_argument(
        "--level", choices=[*map(str, Level)], type=str.upper, help="only those of a level"
    )
    parser.add_argument(
        "--verdict",
        choices=[*map(str, Verdict), UNJUDGED],
        type=str.upper,
        help="only those with this verdict in the last run about them",
    )
    parser.add_argument(
        "--text", metavar="WORDS", help="only those with these words in what they say"
    )
    reports_argument(parser)
    actions = parser.add_subparsers(metavar="show ID")
    show = actions.add_parser("show", help="one clause: catalogue, last verdict, history")
    show.add_argument("id", metavar="ID", help="e.g. MUTE-002")
    reports_argument(show, default=argparse.SUPPRESS)
    may_be_left_out(parser, "show ID")


def _run(arguments: argparse.Namespace) -> int:
    if arguments.reports is not REPORTS:  # without any run the catalogue can be read all the same
        check_reports(arguments.reports)
    stored = stored_runs(arguments.reports)
    catalogue = _catalogue(stored)
    if getattr(arguments, "id", None) is not None:
        _show(_clause(catalogue, arguments.id.upper()), stored)
        shown = True
    else:
        shown = _list(catalogue, stored, arguments)
    for line in skipped_lines(stored):
        say(line)
    return 0 if shown else NOTHING_FOUND


def _clause(catalogue: Catalogue, name: str) -> Clause:
    try:
        return catalogue[name]
    except UnknownClauseError as error:
        own = "of clauses of your own, those of the newest stored run are known (--reports DIR)"
        raise UnknownClauseError(f"{error}; {own}") from None


def _list(catalogue: Catalogue, stored: StoredRuns, arguments: argparse.Namespace) -> bool:
    """Returns whether any clause is what was asked for."""
    chosen = catalogue.of_area(arguments.area) if arguments.area else catalogue
    last = {clause: _verdict(clause, stored) for clause in stored.last}
    shown = [
        clause for clause in chosen.values() if _is_wanted(clause, last.get(clause.id), arguments)
    ]
    for clause in shown:
        verdict = f"{last.get(clause.id, UNJUDGED):<13}" if last else ""
        tell(f"{clause.id:<10} {clause.level:<6} {verdict}{clause.statement}\n")
    if not shown:
        say(f"no clause of the {len(catalogue)} matches what was asked for")
    return bool(shown)


def _catalogue(stored: StoredRuns) -> Catalogue:
    """What is shipped, and the clauses of a project's own that the last run had."""
    shipped = Catalogue.load(SHIPPED)
    last = read_report(stored.runs[-1].folder).clauses if stored.runs else {}
    return Catalogue({**last, **shipped})


def _show(clause: Clause, stored: StoredRuns) -> None:
    tell(clause_text(clause, documentation()))
    run = stored.last.get(clause.id)
    last = replace(read_report(run.folder), findings=run.findings) if run else None
    tell(history_text(clause.id, last, series_of(stored.verdicts)))


def _verdict(clause: str, stored: StoredRuns) -> Verdict:
    """The worst of the last run about a clause."""
    verdicts = {finding.verdict for finding in stored.last[clause].about(clause)}
    return next(verdict for verdict in reversed(Verdict) if verdict in verdicts)


def _is_wanted(clause: Clause, last: Verdict | None, arguments: argparse.Namespace) -> bool:
    said = " ".join([clause.id, clause.statement, clause.measures, clause.source])
    return (
        (arguments.claim is None or arguments.claim in clause.claims + clause.informs)
        and (arguments.level is None or arguments.level == clause.level)
        and (arguments.verdict is None or arguments.verdict == (last or UNJUDGED))
        and (arguments.text is None or arguments.text.lower() in said.lower())
    )


COMMAND = Command(
    name="clauses",
    help="list the clauses of the catalogue with their last verdict, or show one",
    arguments=_arguments,
    run=_run,
    errors=(CatalogueError, UnknownClauseError, RunFolderError),
    examples=(
        Example(
            line="livekit-harness clauses --area MUTE --level MUST",
            does="what must hold of muting, with the last verdicts",
        ),
        Example(
            line="livekit-harness clauses show MUTE-002",
            does="one clause: its source, its limit, who judges it, and its history",
        ),
    ),
    exit_codes={0: "clauses are told, whatever their verdicts", NOTHING_FOUND: "no clause matches"},
)
