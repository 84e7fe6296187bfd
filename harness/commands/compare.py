"""`livekit-harness compare`."""

from __future__ import annotations

import argparse
from pathlib import Path

from harness.commands.command import Command, tell
from harness.evidence.run_folder import RunFolderError
from harness.judging.gate import DEFAULT, GateError, parse_gate
from harness.report.comparison import compare_runs, read_base, read_results
from harness.report.comparison_json import comparison_json
from harness.report.comparison_markdown import comparison_markdown
from harness.report.comparison_text import comparison_text


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = f"{parser.prog} [--gate WORDS] [--markdown | --json] BASE [BASE …] NEW"
    parser.add_argument(
        "base",
        nargs="+",
        type=Path,
        metavar="BASE",
        help="runs of what is in use: run folders, or their results.json. Of several it is known "
        "how much values differ from run to run",
    )
    parser.add_argument("new", type=Path, metavar="NEW", help="a run of what is to replace it")
    parser.add_argument(
        "--gate",
        default="",
        metavar="WORDS",
        help=f"which levels, areas and clauses decide the exit code (default: {DEFAULT}); see "
        "docs/how-to/gate.md; write it as --gate=…",
    )
    formats = parser.add_mutually_exclusive_group()
    formats.add_argument("--markdown", action="store_true", help="for the page of a CI job")
    formats.add_argument("--json", action="store_true", help="one JSON object, all of it")
    parser.epilog = (
        "Exit code: 0 no regression; 1 a clause of the gate holds in BASE and not in NEW; 2 a "
        "wrong folder, file or gate; 11 one that MUST hold was judged in BASE and has no "
        "verdict in NEW, or NEW is not complete; 12 nothing could be compared. "
        "A value alone never decides."
    )


def _run(arguments: argparse.Namespace) -> int:
    gate = parse_gate(arguments.gate)
    new = read_results(arguments.new)
    comparison = compare_runs(read_base(arguments.base, new.run.name), new, gate)
    if arguments.json:
        text = comparison_json(comparison)
    elif arguments.markdown:
        text = comparison_markdown(comparison)
    else:
        text = comparison_text(comparison)
    tell(text)
    return int(comparison.exit_code)


COMMAND = Command(
    name="compare",
    help="what changed from one run to another: regressions, fixes, values beyond what is expected",
    arguments=_arguments,
    run=_run,
    errors=(RunFolderError, GateError),
)
