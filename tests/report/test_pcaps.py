from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.report import pcaps
from harness.report.finding_view import PCAP, finding_views
from harness.report.model import Report, read_report
from harness.report.pcaps import write_pcaps
from harness.report.render import render
from tests.report.pictures.evidence import write_ledger


@pytest.fixture
def report(run: Path) -> Report:
    """A run whose attempts all have a ledger."""
    report = read_report(run)
    for attempt in report.attempts:
        folder = run / attempt.folder
        folder.mkdir(parents=True)
        write_ledger(folder)
    return report


def written(report: Report) -> int:
    return write_pcaps(report, finding_views(report))


def files(report: Report) -> list[str]:
    return sorted(file.parent.name for file in report.folder.rglob(PCAP))


def test_packets_of_what_must_be_looked_at_are_written_once(report: Report) -> None:
    urgent = {
        one.attempt.folder for view in finding_views(report) if view.urgent for one in view.attempts
    }
    assert written(report) == len(urgent)
    assert {str(f.parent.relative_to(report.folder)) for f in report.folder.rglob(PCAP)} == urgent
    assert written(report) == 0


def test_a_finding_leads_to_its_packets(report: Report) -> None:
    written(report)
    views = {view.finding.clause: view for view in finding_views(report)}
    assert f"{PCAP} of attempt 2" in [one.shown for one in views["MUTE-002"].evidence]


def test_what_passed_is_not_written(report: Report) -> None:
    passed = tuple(found for found in report.findings if found.clause == "MUTE-001")
    assert written(replace(report, findings=passed)) == 0


@pytest.mark.parametrize(
    ("found", "put"),
    [(b'"kind"', b"nonsense"), (b"10.0.0.1:5000", b"no address")],
    ids=["before the first packet", "in the middle"],
)
def test_a_damaged_ledger_leaves_no_half_file(report: Report, found: bytes, put: bytes) -> None:
    for attempt in report.attempts:
        file = report.folder / attempt.folder / "bindings.ndjson"
        file.write_bytes(file.read_bytes().replace(found, put))
    assert written(report) == 0
    assert files(report) == []


def test_a_large_or_a_missing_ledger_is_left_out(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pcaps, "MOST_BYTES", 10)
    assert written(report) == 0
    monkeypatch.undo()
    for attempt in report.attempts:
        (report.folder / attempt.folder / "arrivals.bin").unlink()
    assert written(report) == 0


def test_nothing_is_written_outside_of_the_run(report: Report) -> None:
    away = tuple(replace(one, folder=f"../{one.folder}") for one in report.attempts)
    assert written(replace(report, attempts=away)) == 0


def test_the_page_is_made_after_its_packets(report: Report) -> None:
    render(report.folder)
    page = (report.folder / "report.html").read_text("utf-8")
    assert page.count(f">{PCAP}</a>") > 0
    assert len(files(report)) > 0
