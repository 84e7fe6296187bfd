"""`report.html`: one file that needs no network, readable in light and dark and without colour.

What a person reads is in the page as it is; the script only filters, sorts, moves and opens.
Everything that came from outside is escaped by the template engine, and a policy in the page
forbids any other script, any other style and every request to a network.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
import shlex
from collections import Counter
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from harness.clauses.claims import documentation
from harness.clauses.model import Clause
from harness.evidence.printable import printable
from harness.evidence.run_event import event_files
from harness.judging.calibration import MAX_TRIES
from harness.judging.outcome import canary_words
from harness.judging.wording import number
from harness.report.baseline import read_baseline
from harness.report.calibration_rows import floor_rows, load_rows
from harness.report.changes_section import changes_section
from harness.report.claims_section import claims_section
from harness.report.coverage import own_alone
from harness.report.earlier import earlier_views
from harness.report.finding_view import LETTER_WORDS, LETTERS, FindingView, finding_views
from harness.report.gauge import gauge
from harness.report.links import link, web_link
from harness.report.matrix import by_clause, matrix
from harness.report.model import Report
from harness.report.pictures.gallery import MOST_BYTES, Gallery, gallery
from harness.report.terminal import duration, took
from harness.report.thread import common_thread
from harness.report.words import wall_clock

TEMPLATES = Path(__file__).parent / "templates"
STYLES = ("report.css", "matrix.css", "plots.css")
SCRIPT = "report.js"
_TICKED = re.compile("`([^`\n]+)`")


def drawn(report: Report, *, most_picture_bytes: int = MOST_BYTES) -> Gallery:
    """What the evidence in the run's folder looks like.

    Args:
        report: The run.
        most_picture_bytes: How much all pictures may weigh.
    """
    views = [] if report.proof else finding_views(report)
    return gallery(report, views, most_bytes=most_picture_bytes)


def html(report: Report, pictures: Gallery | None = None) -> str:
    """The whole page.

    Args:
        report: The run.
        pictures: Of its evidence; None: they are drawn.
    """
    views, baseline = finding_views(report), read_baseline(report.folder)
    style = "".join((TEMPLATES / name).read_text("utf-8") for name in STYLES)
    script = (TEMPLATES / SCRIPT).read_text("utf-8")
    page = _environment().get_template("report.html").render(
        report=report,
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704 - files of ours
        script=Markup(script),  # noqa: S704
        tone=_tone(report),
        urgent=_urgent(views),
        first=Counter(view.words for view in _urgent(views)),
        thread=common_thread(views),
        matrix=matrix(views, earlier_views(report, baseline)),
        networks=_networks(report),
        findings=by_clause(view for view in views if not view.urgent),
        letters=LETTER_WORDS,
        counts=_counts(views),
        machine=_machine(report),
        own_alone=own_alone(report),
        silent=_silent(report),
        long=_long(report),
        changes=changes_section(report, views, baseline),
        claims=claims_section(report, views),
        seen={view.finding.deviation for view in views if view.finding.deviation},
        gauge=_gauge,
        canary_words=canary_words,
        claim_texts={claim.number: claim.statement for claim in documentation().claims},
        gallery=pictures or drawn(report),
        floors=floor_rows(report),
        load=load_rows(report),
        logs=[file.name for file in event_files(report.folder)],
        most_tries=MAX_TRIES,
    )  # fmt: skip
    return printable(page)


@functools.cache
def _environment() -> Environment:
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
        wall_clock=wall_clock,
        duration=duration,
        took=took,
        number=number,
        code=code,
    )
    return environment


def code(text: str) -> Markup:
    """A text of the catalogue with what stands between backticks as code."""
    return Markup(_TICKED.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped


def _policy(style: str, script: str) -> str:
    """Content-Security-Policy: this style, this script, sounds beside the page, nothing else."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "img-src data:; media-src 'self' file:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _urgent(views: list[FindingView]) -> list[FindingView]:
    """What somebody must look at: what gates first, and of that the worst."""
    return sorted(
        (view for view in views if view.urgent),
        key=lambda view: (view.spared, LETTERS.index(view.letter)),
    )


def _gauge(view: FindingView) -> Markup:
    found = view.finding
    if found.unit == "bool":
        return Markup("")
    return gauge(found.measured, found.interval, found.limit, found.floor)


def _counts(views: list[FindingView]) -> dict[str, int]:
    """Findings by their letter, what is good first."""
    numbers = Counter(view.letter for view in views)
    return {letter: numbers[letter] for letter in reversed(LETTERS) if numbers[letter]}


def _machine(report: Report) -> str:
    """`system Linux 6.1, cores 2`."""
    facts = report.started.machine if report.started else {}
    return ", ".join(f"{name} {value}" for name, value in facts.items())


def _networks(report: Report) -> dict[str, str]:
    """Name of each network that was told of to the id of the element that tells it."""
    told = report.started.networks if report.started else ()
    places: dict[str, str] = {}
    for place, network in enumerate(told, start=1):
        places.setdefault(network.name, f"network-{place}")
    return places


def _silent(report: Report) -> list[Clause]:
    """Clauses about which the run has no finding: of the user's own, where it asks of no other."""
    found = {finding.clause for finding in report.findings}
    own = report.started.own_clauses if report.started and own_alone(report) else report.clauses
    return [report.clauses[id_] for id_ in own if id_ in report.clauses and id_ not in found]


def _long(report: Report) -> int:
    """How many of these only scenarios ask about that take minutes, and were left out."""
    long = report.started.long_clauses if report.started else ()
    return sum(clause.id in long for clause in _silent(report))


def _tone(report: Report) -> str:
    if report.conformant:
        return "good"
    return "bad" if report.failed else "open"
