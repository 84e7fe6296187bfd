"""`livekit-harness claims`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from harness.clauses.claims import documentation
from harness.clauses.model import CLAIMS
from harness.commands.command import NOTHING_FOUND, Command, Example, tell
from harness.commands.runs import chosen_run, claim_number, reports_argument, say
from harness.evidence.run_folder import RunFolderError
from harness.judging.claims import ClaimVerdict, JudgedClaim, judge_claims
from harness.report.claims_json import claims_json
from harness.report.claims_markdown import claims_markdown
from harness.report.claims_text import claims_text

_VERDICTS = {verdict.lower().replace(" ", "-"): verdict for verdict in ClaimVerdict}


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "run",
        nargs="?",
        type=Path,
        metavar="RUN",
        help="run folder; without it the newest that finished and was not broken on purpose",
    )
    reports_argument(parser)
    parser.add_argument(
        *("-n", "--claim"),
        action="append",
        type=claim_number,
        metavar="N",
        help=f"only this claim, 1 to {CLAIMS}; may be given several times",
    )
    labels = [page.label for page in documentation().pages]
    parser.add_argument("--page", choices=labels, help="only the claims of one page")
    parser.add_argument("--verdict", choices=list(_VERDICTS), help="only the claims with a verdict")
    formats = parser.add_mutually_exclusive_group()
    formats.add_argument(
        "--markdown", action="store_true", help="page by page; with --page it fits into an issue"
    )
    formats.add_argument("--json", action="store_true", help="one JSON object")


def _run(arguments: argparse.Namespace) -> int:
    run = chosen_run(arguments.run, arguments.reports)
    report = run.report
    claims = judge_claims(documentation().claims, report.clauses, report.findings)
    shown = [claim for claim in claims if _is_wanted(claim, arguments)]
    if arguments.json:
        text = claims_json(claims, report, shown=shown)
    elif arguments.markdown:
        pages = [p for p in documentation().pages if arguments.page in {None, p.label}]
        text = claims_markdown(claims, report, shown=shown, pages=pages)
    else:
        text = claims_text(claims, report, shown=shown)
    tell(text)
    if run.passed_over:
        say(run.passed_over)
    if not shown:
        say(f"no claim of the {len(claims)} matches -n, --page and --verdict together")
    return 0 if shown else NOTHING_FOUND


def _is_wanted(claim: JudgedClaim, arguments: argparse.Namespace) -> bool:
    numbers: Sequence[int] | None = arguments.claim
    labels = {page.label for page in claim.claim.pages}
    return (
        (numbers is None or claim.claim.number in numbers)
        and (arguments.page is None or arguments.page in labels)
        and (arguments.verdict is None or claim.verdict is _VERDICTS[arguments.verdict])
    )


COMMAND = Command(
    name="claims",
    help="what the pages of the documentation say, and what happens, by the findings of a run",
    arguments=_arguments,
    run=_run,
    errors=(RunFolderError,),
    examples=(
        Example(
            line="livekit-harness claims --claim 13",
            does="whether claim 13 holds in the newest run, and what happens instead",
        ),
        Example(
            line="livekit-harness claims --markdown --page publishing",
            does="all claims of one page, ready for an issue",
        ),
    ),
    exit_codes={0: "claims are told, whatever their verdicts", NOTHING_FOUND: "no claim matches"},
    note="A claim rests on the clauses that decide it. What is said besides decides nothing: its "
    "readers should know of it.",
)
