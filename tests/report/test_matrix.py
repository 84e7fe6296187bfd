from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from harness.evidence.finding import Cell, Finding, Verdict
from harness.report.earlier import EarlierView
from harness.report.finding_view import finding_views
from harness.report.matrix import Matrix, by_clause, matrix
from harness.report.model import Report, read_report


@pytest.fixture
def report(run: Path) -> Report:
    return read_report(run)


def of(report: Report, findings: Sequence[Finding]) -> Matrix:
    return matrix(finding_views(replace(report, findings=tuple(findings))))


def ran_as(report: Report, *cells: Cell) -> list[Finding]:
    passed = next(found for found in report.findings if found.clause == "MUTE-001")
    return [replace(passed, cell=cell) for cell in cells]


def test_a_row_for_each_clause_and_a_column_for_each_profile(report: Report) -> None:
    cells = [Cell(server="1.13.5", profile=profile) for profile in ("wifi-loss5", "3g", "clean")]
    table = of(report, [*ran_as(report, *cells), report.findings[1]])

    assert table.columns == ("clean", "3g", "wifi-loss5")
    assert [row.id for row in table.rows] == ["MUTE-001", "MUTE-002"]
    assert [[cell and cell.worst.letter for cell in row.cells] for row in table.rows] == [
        ["P", "P", "P"],
        ["F", None, None],
    ]


def test_versions_are_told_where_there_are_several(report: Report) -> None:
    old, new = {"bob": "python 1.1.0"}, {"bob": "python 1.2.0", "alice": "python 1.2.0"}
    one = of(report, ran_as(report, Cell(server="1", sdk=new), Cell(server="1", sdk={})))
    assert one.columns == ("clean",)

    servers = of(report, ran_as(report, Cell(server="1", sdk=new), Cell(server="2", sdk=new)))
    assert servers.columns == ("1 · clean", "2 · clean")

    sdks = of(report, ran_as(report, Cell(server="1", sdk=new), Cell(server="1", sdk=old)))
    assert sdks.columns == ("python 1.1.0 · clean", "python 1.2.0 · clean")


def test_versions_of_one_network_stand_side_by_side_in_their_order(report: Report) -> None:
    cells = [
        Cell(server=server, profile=profile)
        for profile in ("3g", "clean")
        for server in ("1.13.5", "1.9.0", "1.13.5-rc1")
    ]
    assert of(report, ran_as(report, *cells)).columns == (
        "1.9.0 · clean",
        "1.13.5 · clean",
        "1.13.5-rc1 · clean",
        "1.9.0 · 3g",
        "1.13.5 · 3g",
        "1.13.5-rc1 · 3g",
    )


def test_what_an_earlier_run_found_is_a_column_and_no_verdict_of_this_one(report: Report) -> None:
    [failed] = (found for found in report.findings if found.clause == "MUTE-002")
    [passed] = ran_as(report, Cell(server="2"))
    known = EarlierView(finding=replace(failed, cell=Cell(server="1")), clause=None)
    before = EarlierView(finding=replace(passed, cell=Cell(server="1")), clause=None)
    views = finding_views(replace(report, findings=(passed,)))
    table = matrix(views, [known, before])

    assert table.columns == ("1 · clean", "2 · clean")
    assert [row.id for row in table.rows] == ["MUTE-001", "MUTE-002"]
    assert [[cell and cell.worst.letter for cell in row.cells] for row in table.rows] == [
        ["P", "P"],
        ["F", None],
    ]
    assert [row.letters for row in table.rows] == ["P", ""]
    assert (table.letters, table.earlier) == ({"P": 1}, True)


def test_a_cell_shows_the_worst_of_its_findings_and_tells_all(report: Report) -> None:
    [passed] = ran_as(report, Cell(server="1"))
    failed = replace(passed, verdict=Verdict.FAIL, measured=900.0)
    [row] = of(report, [passed, failed]).rows
    [cell] = row.cells

    assert cell is not None
    assert cell.worst.finding == failed
    assert cell.told == "FAIL: 900 ms, expected ≤ 300 ms\nPASS: 41.25 ms, expected ≤ 300 ms"
    assert row.letters == "FP"


def test_what_can_be_chosen_is_counted(report: Report) -> None:
    table = of(report, report.findings)
    assert table.areas == {"MUTE": 7}
    assert table.letters == {"F": 1, "X": 1, "E": 1, "I": 1, "K": 1, "U": 1, "P": 1}
    assert list(table.letters) == list("FXEIKUP")
    assert table.sources == {"LiveKit docs": 7}


@pytest.mark.parametrize(
    ("source", "group"),
    [
        ("RFC 3550, section 6", "RFC"),
        ("ITU-R BT.1359-1", "ITU"),
        ("ours: it would be odd", "ours"),
        (", nobody", "other"),
    ],
)
def test_sources_are_grouped_by_who_says_it(report: Report, source: str, group: str) -> None:
    clauses = {id_: replace(one, source=source) for id_, one in report.clauses.items()}
    assert set(of(replace(report, clauses=clauses), report.findings).sources) == {group}


def test_a_source_that_few_have_is_other(report: Report) -> None:
    clauses = dict(report.clauses)
    clauses["MUTE-001"] = replace(clauses["MUTE-001"], source="a page")
    table = of(replace(report, clauses=clauses), report.findings)
    assert list(table.sources.items()) == [("LiveKit docs", 6), ("other", 1)]


def test_findings_of_a_clause_stay_together_and_in_order(report: Report) -> None:
    views = finding_views(report)
    assert [one for some in by_clause(views).values() for one in some] == views


def test_nothing_is_an_empty_table(report: Report) -> None:
    table = of(report, [])
    assert (table.columns, table.rows, table.letters) == ((), (), {})
