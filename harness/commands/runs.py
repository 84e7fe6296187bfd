"""Arguments of the commands that tell what runs found."""

from __future__ import annotations

import argparse
from pathlib import Path

from harness.clauses.model import CLAIMS
from harness.evidence.run_folder import RunFolderError, latest

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


def chosen_run(run: Path | None, reports: Path) -> Path:
    """The run that was named, or the last one.

    Raises RunFolderError when there is none.
    """
    folder = run or latest(reports)
    if folder is None:
        raise RunFolderError(
            f"no run in {reports}: run `pytest scenarios/` first, or name the folder of a run"
        )
    return folder.resolve()


def claim_number(text: str) -> int:
    """A number from 1 to 71, as an argument's type."""
    if not text.isdecimal() or not 1 <= int(text) <= CLAIMS:
        raise argparse.ArgumentTypeError(f"{text}: claims are numbered 1 to {CLAIMS}")
    return int(text)
