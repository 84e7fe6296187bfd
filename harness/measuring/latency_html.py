"""`latency.html`: one file that needs no network, in light and dark, readable without colour."""

from __future__ import annotations

import shlex
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from harness.evidence.printable import printable
from harness.measuring.cells import (
    INTERVALS,
    NO_GATE,
    SIGN,
    doubts,
    floor_words,
    floors_words,
    metric_words,
    missing_words,
    parts_words,
    unit_words,
)
from harness.measuring.drawings import (
    bands_told,
    distributions,
    latency_drawn,
    not_drawn,
    parts_drawn,
    skew_drawn,
)
from harness.measuring.measured import Measured

HERE = Path(__file__).parent
STYLES = HERE.parent / "report" / "templates"


def latency_html(measured: Measured) -> str:
    """The whole page. Everything that came from outside is escaped by the template engine."""
    environment = Environment(
        loader=FileSystemLoader([HERE / "templates", STYLES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        shell=shlex.join,
        words=metric_words,
        unit=unit_words,
        floor=floor_words,
        missing=missing_words,
        doubts=doubts,
        parts=parts_words,
        floors=floors_words,
    )
    page = environment.get_template("latency.html").render(
        setting=measured.setting,
        reports=measured.reports,
        rows=list(zip(*(report.metrics for report in measured.reports), strict=True)),
        remarks=(INTERVALS, SIGN, NO_GATE),
        distributions=distributions(measured.reports),
        latency_drawn=latency_drawn,
        skew_drawn=skew_drawn,
        parts_drawn=parts_drawn,
        bands_told=bands_told,
        not_drawn=not_drawn,
    )
    return printable(page)
