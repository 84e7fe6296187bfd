"""`livekit-harness soak`."""

from __future__ import annotations

import argparse
import secrets
import signal
import sys

from harness.commands.command import MISUSE, PASSED_ON, Command, Example, tell
from harness.commands.runs import reports_argument
from harness.judging.outcome import ExitCode
from harness.report.stored_runs import stored_runs
from harness.soak.show import Lines
from harness.soak.soak import Plan, SoakError, check, exit_code, repeats_of, soak
from harness.soak.words import summary_lines

LIMIT_MINUTES = 60.0


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = f"{parser.prog} --times N [--busy] [--reports DIR] [-- PATH, OPTION OF PYTEST …]"
    parser.add_argument("--times", type=int, required=True, metavar="N", help="how many runs")
    parser.add_argument(
        "--busy", action="store_true", help="keep one core busy beside every second run"
    )
    parser.add_argument(
        "--limit-minutes",
        type=float,
        default=LIMIT_MINUTES,
        metavar="N",
        help=f"end a run that takes longer, and go on with the next (default: {LIMIT_MINUTES:g})",
    )
    reports_argument(parser)
    parser.add_argument(
        "arguments",
        nargs="*",
        metavar=PASSED_ON,
        help="what pytest is to run and how, e.g. `-- -m smoke -n 3`; the folder `scenarios`, if "
        "there is one, unless a path is named",
    )


def _run(arguments: argparse.Namespace) -> int:
    plan = Plan(
        times=arguments.times,
        busy=arguments.busy,
        limit_s=60 * arguments.limit_minutes,
        reports=arguments.reports.absolute(),
        arguments=tuple(arguments.arguments),
    )
    check(plan)
    # whoever starts us may have these ignored, and a run inherits that
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    soaked = soak(plan, show=Lines(plan, sys.stderr), new_seed=lambda: secrets.randbits(32))
    stored = stored_runs(plan.reports)
    tell("\n".join(["", *summary_lines(plan, soaked, stored)]) + "\n")
    return exit_code(soaked, repeats_of(stored, soaked.runs))


COMMAND = Command(
    name="soak",
    help="run scenarios again and again, and count how often verdicts change",
    arguments=_arguments,
    run=_run,
    errors=(SoakError,),
    examples=(
        Example(
            line="livekit-harness soak --times 5 --busy",
            does="all scenarios five times, the second and fourth time beside a busy core",
        ),
        Example(
            line="livekit-harness soak --times 20 -- -m smoke -n 3",
            does="what stands behind -- is for pytest: the smoke scenarios in three processes",
        ),
    ),
    exit_codes={
        0: "all is fine; what a busy core leaves open counts as fine",
        ExitCode.FAILED: "a run failed, or a verdict flipped",
        MISUSE: "interrupted, or what was asked cannot be done: one line says why",
        3: "an internal error of pytest",
        4: "what stands behind -- is not understood by pytest",
        5: "pytest found no scenario",
        ExitCode.ERROR: "a run came to no end, to no verdict, or no core could be kept busy",
        ExitCode.INCONCLUSIVE: "a run without load left open what MUST hold",
        ExitCode.NOTHING_JUDGED: "a run judged nothing",
    },
)
