"""Arguments of the commands that tell what runs found."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.clauses.model import CLAIMS
from harness.evidence.printable import printable
from harness.evidence.run_event import PROOF
from harness.evidence.run_folder import RunFolderError, run_folders
from harness.report.model import ENDS, Report, RunState, read_report

REPORTS = Path("reports")


def reports_argument(parser: argparse.ArgumentParser, default: Path | str = REPORTS) -> None:
    """Add `--reports`, the folder in which runs have their folders."""
    parser.add_argument(
        "--reports",
        type=Path,
        default=default,
        metavar="DIR",
        help=f"folder of the stored runs, {REPORTS} if left out",
    )


def check_reports(reports: Path) -> None:
    """Raises RunFolderError when there is no such folder."""
    if not reports.is_dir():
        raise RunFolderError(
            f"there is no folder {reports}: run `pytest scenarios/` first, or name the folder of "
            "the stored runs with --reports"
        )


def say(text: str) -> None:
    """A line for the user beside what a command prints, and after what it has printed."""
    sys.stdout.flush()
    sys.stderr.write(f"livekit-harness: {printable(text)}\n")


@dataclass(frozen=True, kw_only=True)
class ChosenRun:
    """A run that a command tells of."""

    report: Report
    passed_over: str
    """Newer runs and why they are not told of, in one line; empty when there is none."""


def chosen_run(run: Path | None, reports: Path) -> ChosenRun:
    """The run that was named, or the newest that is finished; if none is, the newest.

    What was broken on purpose judges nothing: such runs are passed over.

    Raises RunFolderError when there is none, nothing of it can be read, or the named one judges
    nothing.
    """
    if run is not None:
        report = readable_report(run.resolve())
        if broken := _broken(report):
            raise RunFolderError(f"{run} {broken}: it judges nothing; name another run")
        return ChosenRun(report=report, passed_over="")
    newer: list[tuple[str, Report | None]] = []
    for folder in reversed(run_folders(reports)):
        try:
            report = readable_report(folder.resolve())
        except RunFolderError:
            newer.append((f"{folder.name} cannot be read", None))
            continue
        if broken := _broken(report):
            newer.append((f"{folder.name} {broken}", None))
            continue
        if report.state is RunState.FINISHED:
            return ChosenRun(report=report, passed_over=_passed_over(newer))
        newer.append((f"{folder.name} {ENDS[report.state]}", report))
    for number, (_, unfinished) in enumerate(newer):
        if unfinished is not None:
            return ChosenRun(report=unfinished, passed_over=_passed_over(newer[:number]))
    why = "no run that can be read and judges" if newer else "no run"
    raise RunFolderError(
        f"{why} in {reports}: run `pytest scenarios/` first, or name the folder of a run"
    )


def readable_report(folder: Path) -> Report:
    """The report of a run folder whose start can be read.

    Raises RunFolderError when it cannot: without the catalogue of the run nothing can be told.
    """
    report = read_report(folder)
    if report.clauses:
        return report
    if report.state is RunState.RUNNING:
        raise RunFolderError(f"{folder} has nothing to read yet: its run has just begun; wait")
    why = report.problems[0] if report.problems else "there is no start of a run in events.ndjson"
    raise RunFolderError(
        f"cannot read {folder}: {why}; name the folder of another run, or run `pytest scenarios/`"
    )


def _broken(report: Report) -> str:
    """What was broken on purpose in all of a run; empty where nothing was."""
    sabotage = report.started.sabotage if report.started else None
    if sabotage == PROOF:
        return "is a proof that clauses can fail"
    return f"was played under the sabotage {sabotage}" if sabotage else ""


def _passed_over(newer: Sequence[tuple[str, Report | None]]) -> str:
    return f"newer, but not told of: {', '.join(why for why, _ in newer)}" if newer else ""


def claim_number(text: str) -> int:
    """A number from 1 to 71, as an argument's type."""
    if not text.isdecimal() or not 1 <= int(text) <= CLAIMS:
        raise argparse.ArgumentTypeError(f"{text}: claims are numbered 1 to {CLAIMS}")
    return int(text)
