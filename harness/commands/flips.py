"""`livekit-harness flips`."""

from __future__ import annotations

import argparse

from harness.commands.command import Command, Example, tell
from harness.commands.runs import check_reports, reports_argument
from harness.evidence.run_folder import RunFolderError
from harness.report.flips_text import flips_text
from harness.report.stored_runs import stored_runs


def _run(arguments: argparse.Namespace) -> int:
    check_reports(arguments.reports)
    tell(flips_text(stored_runs(arguments.reports)))
    return 0


COMMAND = Command(
    name="flips",
    help="how often verdicts changed over all stored runs, clause by clause",
    arguments=reports_argument,
    run=_run,
    errors=(RunFolderError,),
    examples=(
        Example(
            line="livekit-harness flips --reports reports",
            does="of all runs that this folder has, or had",
        ),
    ),
)
