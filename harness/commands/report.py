"""`livekit-harness report`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from harness.commands.command import Command
from harness.evidence.run_folder import RunFolderError
from harness.report.render import render
from harness.report.terminal import summary


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="run folder, e.g. reports/latest")


def _run(arguments: argparse.Namespace) -> int:
    sys.stdout.write(summary(render(arguments.folder)))
    return 0


COMMAND = Command(
    name="report",
    help="make results.json, junit.xml and report.html from a run folder, also a killed run's",
    arguments=_arguments,
    run=_run,
    errors=(RunFolderError,),
)
