"""What is read back of runs: their logs, results and history, also while a run goes on."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from harness.clauses.claims import documentation
from harness.evidence.clock import NS_PER_S
from harness.evidence.history import HISTORY, remember
from harness.evidence.run_folder import MAIN, RunFolderError
from harness.following.follower import Follower
from harness.following.view import Views
from harness.judging.claims import judge_claims
from harness.judging.gate import GATE
from harness.report.claims_markdown import claims_markdown
from harness.report.claims_text import claims_text
from harness.report.comparison import compare_runs, read_results
from harness.report.comparison_json import comparison_json
from harness.report.comparison_markdown import comparison_markdown
from harness.report.comparison_text import comparison_text
from harness.report.flips_text import flips_text
from harness.report.github import annotation_lines
from harness.report.model import read_report
from harness.report.render import render
from harness.report.stored_runs import stored_runs
from harness.report.summary_markdown import summary_markdown
from harness.report.terminal import summary
from tests.following.runs import planned
from tests.fuzzing.target import Target, opened, require
from tests.report.conftest import run_events, write
from tests.report.live_html import live_html
from tests.report.test_names_from_outside import ODD, of

RUN = "20261121T000000.000000Z-aaaaaa"
EARLIER = "20261120T000000.000000Z-aaaaaa"
LOOKS = 3
"""At a log that grows."""


def _run_log(folder: Path) -> list[bytes]:
    return [(write(folder / "run", run_events()) / MAIN).read_bytes()]


def _take_run_log(data: bytes, folder: Path) -> None:
    run = folder / "run"
    run.mkdir(exist_ok=True)
    (run / MAIN).write_bytes(data)
    with suppress(RunFolderError):
        report = render(run)
        summary(report)
        annotation_lines(report, root=folder, workspace=folder)
        claims = judge_claims(documentation().claims, report.clauses, report.findings)
        claims_text(claims, report, shown=claims)
        require(not (report.conformant and report.problems), "conformant, and not whole")


def _results(folder: Path) -> list[bytes]:
    run = write(folder / "run", run_events())
    render(run)
    return [(run / "results.json").read_bytes()]


def _take_results(data: bytes, folder: Path) -> None:
    run = folder / RUN
    if not run.exists():
        write(run, run_events())
    (run / "results.json").write_bytes(data)
    with suppress(RunFolderError):
        told, known = read_results(run / "results.json"), read_results(run)
        for base, new in (([told], known), ([known, told], known), ([known, known], told)):
            compared = compare_runs(base, new, GATE)
            comparison_text(compared)
            require(not live_html(comparison_markdown(compared)), "live HTML")
            comparison_json(compared)
    flips_text(stored_runs(folder))
    require(read_report(run).findings, "the log is the record, whatever the results say")


def _history(folder: Path) -> list[bytes]:
    remember(write(folder / RUN, run_events()))
    return [(folder / HISTORY).read_bytes()]


def _take_history(data: bytes, folder: Path) -> None:
    (folder / HISTORY).write_bytes(data)
    flips_text(stored_runs(folder))


def _odd_logs(folder: Path) -> list[bytes]:
    """Of runs with people whose names are mark-up."""
    return [(write(folder / str(n), of(name)) / MAIN).read_bytes() for n, name in enumerate(ODD)]


def _take_log_for_a_page(data: bytes, folder: Path) -> None:
    (folder / MAIN).write_bytes(data)
    with suppress(RunFolderError):
        report = read_report(folder)
        claims = judge_claims(documentation().claims, report.clauses, report.findings)
        told = claims_markdown(claims, report, shown=claims, pages=documentation().pages)
        for page in (summary_markdown(report), told):
            require(not live_html(page), f"live: {live_html(page)[:1]}")


def _growing_logs(folder: Path) -> list[bytes]:
    return [(write(folder, planned(run_events())) / MAIN).read_bytes()]


def _take_growing_log(data: bytes, folder: Path) -> None:
    """Read as it grows, beside a stored run that says the same."""
    for name in (RUN, EARLIER):
        (folder / name).mkdir(exist_ok=True)
        (folder / name / MAIN).write_bytes(data)
    at_once = Follower(folder / RUN, now_ns=lambda: 60 * NS_PER_S)
    Views(at_once).json(0)
    grown = folder / RUN / MAIN
    grown.write_bytes(b"")
    follower = Follower(folder / RUN, now_ns=lambda: 60 * NS_PER_S)
    views = Views(follower)
    for look in range(LOOKS):
        with grown.open("ab") as log:
            log.write(data[len(data) * look // LOOKS : len(data) * (look + 1) // LOOKS])
        views.json(look)
    require(follower.unreadable == at_once.unreadable, "it hangs on when one looks")


RUNS = (
    Target(name="run log", seeds=_run_log, open=opened(_take_run_log)),
    Target(name="run log as Markdown", seeds=_odd_logs, open=opened(_take_log_for_a_page)),
    Target(name="run log that grows", seeds=_growing_logs, open=opened(_take_growing_log)),
    Target(name="results.json", seeds=_results, open=opened(_take_results)),
    Target(name="history of runs", seeds=_history, open=opened(_take_history)),
)
"""What is read back of runs."""
