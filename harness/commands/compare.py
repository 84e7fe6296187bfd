"""`livekit-harness compare`."""

from __future__ import annotations

import argparse
from pathlib import Path

from harness.commands.command import MISUSE, Command, Example, tell
from harness.evidence.run_folder import RunFolderError
from harness.judging.gate import DEFAULT, GateError, parse_gate
from harness.judging.outcome import ExitCode
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
        help=f"which levels, areas and clauses decide the exit code (default: {DEFAULT}); e.g. "
        "MUST,SHOULD:MUTE,-LAT: what MUST hold, what SHOULD of muting, and nothing of latency; "
        "write it as --gate=…",
    )
    formats = parser.add_mutually_exclusive_group()
    formats.add_argument("--markdown", action="store_true", help="for the page of a CI job")
    formats.add_argument("--json", action="store_true", help="one JSON object, all of it")


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
    examples=(
        Example(
            line="livekit-harness compare reports/in-use/latest reports/candidate/latest",
            does="what the second run has lost or gained since the first",
        ),
        Example(
            line="livekit-harness compare --gate=MUST,-LAT old-1.json old-2.json new.json",
            does="of kept results.json, and only what MUST hold decides, latency left out",
        ),
    ),
    exit_codes={
        ExitCode.CONFORMANT: "no regression",
        ExitCode.FAILED: "a clause of the gate holds in BASE and not in NEW",
        MISUSE: "a wrong folder, file or gate",
        ExitCode.INCONCLUSIVE: "one that MUST hold was judged in BASE and has no verdict in NEW, "
        "or NEW is not complete",
        ExitCode.NOTHING_JUDGED: "nothing could be compared",
    },
    note="A value alone never decides.",
)
