"""The table on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.evidence.printable import printable
from harness.measuring.cells import (
    INTERVALS,
    NO_GATE,
    SIGN,
    column_name,
    doubts,
    evidence_words,
    floor_words,
    metric_words,
    missing_words,
    onset_words,
    parts_words,
    unit_words,
)
from harness.measuring.latency_report import SPECS, LatencyReport
from harness.measuring.measured import Measured

GAP = "  "


def latency_text(measured: Measured, *, width: int) -> str:
    """A row for each metric and a column for each profile; several tables where they are wide.

    Args:
        measured: What was measured.
        width: Columns of the terminal; a table with one profile may need more.
    """
    lines = [*_tables(measured.reports, width), "", INTERVALS, SIGN, NO_GATE]
    if measured.setting.floors.doubt:
        lines += ["", f"floors: doubtful: {measured.setting.floors.doubt}"]
    for report in measured.reports:
        told = [*evidence_words(report), *(parts_words(parts) for parts in report.parts)]
        told += doubts(report)
        told += onset_words(report)
        told += [f"missing: {words}" for words in missing_words(report)]
        lines += ["", *(f"{report.profile}: {words}" for words in told)]
    return printable("\n".join(lines)) + "\n"


def _tables(reports: Sequence[LatencyReport], width: int) -> Iterator[str]:
    head = _padded(
        [["", *(spec.title for spec in SPECS)], ["", *(unit_words(s.unit) for s in SPECS)]]
    )
    floors = [floor_words(metric) for metric in reports[0].metrics] if reports else []
    head = [*head, *_padded([["floor", *floors]])]
    columns = _padded([_column(report) for report in reports])
    while columns:
        taken = 1
        while taken < len(columns) and _wide(head + columns[: taken + 1]) <= width:
            taken += 1
        for row in zip(*head, *columns[:taken], strict=True):
            yield GAP.join(row).rstrip()
        columns = columns[taken:]
        if columns:
            yield ""


def _column(report: LatencyReport) -> list[str]:
    return [column_name(report), *(metric_words(metric) for metric in report.metrics)]


def _padded(columns: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[cell.ljust(max(map(len, column))) for cell in column] for column in columns]


def _wide(columns: Sequence[Sequence[str]]) -> int:
    return sum(len(column[0]) + len(GAP) for column in columns) - len(GAP)
