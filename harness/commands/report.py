"""`livekit-harness report`."""

from __future__ import annotations

import argparse
from pathlib import Path

from harness.commands.command import Command, Example, tell
from harness.evidence.run_folder import RunFolderError
from harness.judging.outcome import ExitCode
from harness.report.baseline import Baseline, keep_baseline, read_baseline
from harness.report.changes_section import changes_section
from harness.report.finding_view import finding_views
from harness.report.model import Report
from harness.report.render import render
from harness.report.terminal import summary


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="run folder, e.g. reports/latest")
    parser.add_argument(
        "--baseline",
        action="append",
        default=[],
        type=Path,
        metavar="RUN",
        help="an earlier run: its folder, or its results.json; the report shows what changed since "
        "and keeps a copy. Of several it is known how much values differ",
    )


def _run(arguments: argparse.Namespace) -> int:
    folder = arguments.folder.resolve()  # `latest` is no run's name
    if arguments.baseline:
        keep_baseline(folder, arguments.baseline)
    report = render(folder)
    tell(summary(report, changes=_changes(report)))
    if report.still_running:
        return 0
    if report.outcome.exit_code is ExitCode.NOTHING_JUDGED:
        return ExitCode.NOTHING_JUDGED
    return 0 if report.complete else ExitCode.INCONCLUSIVE


def _changes(report: Report) -> str:
    """What changed since the baseline that is kept in the folder; empty where none is."""
    baseline = read_baseline(report.folder)
    if baseline == Baseline():
        return ""
    changes = changes_section(report, finding_views(report), baseline)
    return f"since the baseline: {changes.short}" if changes else ""


COMMAND = Command(
    name="report",
    help="make report.html, results.json and what CI reads from a run folder, also a killed run's",
    arguments=_arguments,
    run=_run,
    errors=(RunFolderError,),
    examples=(
        Example(
            line="livekit-harness report reports/latest",
            does="the reports of the newest run once more, or of one that was killed",
        ),
        Example(
            line="livekit-harness report reports/latest --baseline old-1.json",
            does="and what changed since an earlier run, of which results.json was kept",
        ),
    ),
    exit_codes={
        0: "the record is whole, whatever was found, or its run goes on",
        ExitCode.INCONCLUSIVE: "the record is not whole",
        ExitCode.NOTHING_JUDGED: "nothing was judged",
    },
)
