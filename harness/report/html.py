"""`report.html`: one file that needs no network, readable in light and dark and without colour."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from harness.clauses.model import Clause
from harness.evidence.clock import NS_PER_S
from harness.evidence.finding import Attempt, Finding, Verdict
from harness.judging.calibration import MAX_TRIES
from harness.judging.deviations import Deviation
from harness.judging.outcome import is_failure, is_unexpected_pass
from harness.judging.wording import number, quantity
from harness.report.calibration_rows import floor_rows, load_rows
from harness.report.gauge import gauge
from harness.report.model import Report
from harness.report.reproduce import reproduce
from harness.report.terminal import duration
from harness.report.words import limit_text, printable, value_text

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A finding with the words that the page shows."""

    anchor: str
    finding: Finding
    clause: Clause | None
    letter: str
    """One letter for the verdict: P F E I U, K for a known FAIL, X for an unexpected PASS."""
    words: str
    failure: bool
    measured: str
    expected: str
    command: str
    attempts: tuple[Attempt, ...]
    deviation: Deviation | None


def html(report: Report) -> str:
    """The whole page. Everything that came from outside is escaped by the template engine."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        link=link,
        web=web_link,
        shell=shlex.join,
        wall_clock=_wall_clock,
        duration=duration,
        seconds=_seconds,
        number=number,
    )
    rows = [_row(report, index, finding) for index, finding in enumerate(report.findings, start=1)]
    page = environment.get_template("report.html").render(
        report=report,
        rows=rows,
        areas=_areas(rows),
        tone=_tone(report),
        urgent=sorted(filter(_is_urgent, rows), key=lambda row: "FXEI".index(row.letter)),
        silent=_silent(report),
        seen={row.finding.deviation for row in rows if row.finding.deviation},
        gauge=gauge,
        floors=floor_rows(report),
        load=load_rows(report),
        most_tries=MAX_TRIES,
        quantity=quantity,
    )
    return printable(page)


def link(file: str) -> str | None:
    """Address of a file of the run folder, or None for what leads out of it."""
    path = PurePosixPath(file)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        return None
    return quote(str(path))


def web_link(address: str) -> str | None:
    """The address when it is one of the web, or None: no other kind becomes a link."""
    return address if address.startswith(("https://", "http://")) else None


def _row(report: Report, index: int, finding: Finding) -> Row:
    letter, words = _verdict(finding)
    return Row(
        anchor=f"finding-{index}",
        finding=finding,
        clause=report.clauses.get(finding.clause),
        letter=letter,
        words=words,
        failure=is_failure(finding, report.clauses),
        measured=value_text(finding),
        expected=limit_text(finding),
        command=reproduce(finding, report.started),
        attempts=tuple(report.attempts_of(finding)),
        deviation=next((d for d in report.deviations if d.id == finding.deviation), None),
    )


def _verdict(finding: Finding) -> tuple[str, str]:
    if is_unexpected_pass(finding):
        return "X", "unexpected PASS"
    if finding.verdict is Verdict.FAIL and finding.deviation:
        return "K", "FAIL, known"
    return finding.verdict.value[0], finding.verdict.value


def _is_urgent(row: Row) -> bool:
    return row.failure or row.finding.verdict in {Verdict.ERROR, Verdict.INCONCLUSIVE}


def _areas(rows: list[Row]) -> dict[str, list[Row]]:
    areas: dict[str, list[Row]] = {}
    for row in rows:
        areas.setdefault(row.finding.clause.rpartition("-")[0], []).append(row)
    return areas


def _silent(report: Report) -> list[Clause]:
    """Clauses of the catalogue about which the run has no finding."""
    found = {finding.clause for finding in report.findings}
    return [clause for clause in report.clauses.values() if clause.id not in found]


def _tone(report: Report) -> str:
    if report.conformant:
        return "good"
    return "bad" if any(is_failure(f, report.clauses) for f in report.findings) else "open"


def _wall_clock(stamp: str) -> str:
    """To the second; what is no ISO 8601 time stays as it is."""
    try:
        return f"{datetime.fromisoformat(stamp):%Y-%m-%d %H:%M:%S %Z}"
    except ValueError:
        return stamp


def _seconds(attempt: Attempt) -> str:
    return duration((attempt.ended_ns - attempt.started_ns) / NS_PER_S)
