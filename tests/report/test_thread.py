from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.evidence.finding import Finding, Verdict
from harness.report.finding_view import finding_views
from harness.report.html import html
from harness.report.model import Report, read_report
from harness.report.thread import common_thread

SOUND, PICTURE = "attempts/a/1/bob/alice-sound1.wav", "attempts/a/1/bob/alice-picture1.frames"


@pytest.fixture
def report(run: Path) -> Report:
    return read_report(run)


def found(report: Report, clause: str, verdict: str, profile: str, *evidence: str) -> Finding:
    [one] = (one for one in report.findings if one.clause == "MUTE-001")
    cell = replace(one.cell, profile=profile)
    return replace(one, clause=clause, verdict=Verdict(verdict), cell=cell, evidence=evidence)


def told(report: Report, *findings: Finding) -> list[str]:
    return common_thread(finding_views(replace(report, findings=findings)))


def test_shares_tell_who_fails_and_who_does_not(report: Report) -> None:
    late = [found(report, f"LAT-00{n}", "FAIL", "clean", SOUND) for n in range(1, 4)]
    skew = found(report, "SYNC-001", "FAIL", "3g", SOUND, PICTURE)
    good = [
        found(report, "SYNC-002", "PASS", "clean", SOUND, PICTURE),
        found(report, "MUTE-002", "PASS", "wifi", "attempts/a/1/arrivals.bin"),
        found(report, "MUTE-003", "PASS", "clean", "attempts/a/1/bob/events.ndjson"),
    ]
    open_ = found(report, "PERM-001", "INCONCLUSIVE", "lte")
    assert told(report, *late, skew, *good, open_) == [
        "4 findings fail. By area: LAT 3 of 3, SYNC 1 of 2; none of MUTE.",
        "By network: 3g 1 of 1, clean 3 of 5; none of wifi.",
        (
            "By evidence: decoded sound 4 of 5, decoded pictures 1 of 2; "
            "none of packets, what SDKs told."
        ),
    ]


def test_a_long_list_is_cut(report: Report) -> None:
    bad = [found(report, f"A{n}-001", "FAIL", "clean", SOUND) for n in range(8)]
    good = [found(report, f"B{n}-001", "PASS", "clean", SOUND) for n in range(9)]
    area, network, evidence = told(report, *bad, *good)
    assert area.endswith("A5 1 of 1 and 2 more; none of 9 others.")
    assert network == "By network: clean 8 of 17."
    assert evidence == "By evidence: decoded sound 8 of 17."


def test_few_failures_speak_for_themselves(report: Report) -> None:
    assert told(report, *[found(report, "LAT-001", "FAIL", "clean", SOUND)] * 3) == []
    assert "have in common" not in html(report)


def test_it_stands_before_the_first_of_them(report: Report) -> None:
    bad = tuple(found(report, f"LAT-00{n}", "FAIL", "clean", SOUND) for n in range(4))
    page = html(replace(report, findings=bad))
    assert page.index("By area: LAT 4 of 4.") < page.index('<article class="card finding"')
