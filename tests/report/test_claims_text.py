from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from harness.clauses.claims import documentation
from harness.judging.claims import judge_claims
from harness.report.claims_text import claims_text
from harness.report.model import read_report


def text_of(run: Path, width: int = 100) -> str:
    report = read_report(run)
    claims = judge_claims(documentation().claims, report.clauses, report.findings)
    return claims_text(claims, report, shown=claims[:9], width=width)


def test_golden(run: Path, golden: Callable[[str, bytes], None]) -> None:
    golden("claims.txt", text_of(run).encode())


def test_no_line_is_wider_than_asked_but_for_addresses(run: Path) -> None:
    lines = text_of(run, width=70).splitlines()
    assert all(len(line) <= 70 for line in lines[6:] if "https://" not in line)


def test_a_name_cannot_drive_the_terminal(run: Path) -> None:
    assert "\x07" not in text_of(run)


def test_a_clause_that_holds_is_a_line_with_what_it_says(run: Path) -> None:
    line = next(line for line in text_of(run).splitlines() if "holds: " in line)
    assert line.strip() == "holds: MUTE-001 A muted microphone is soon silent. 41.25 ms (≤ 300 ms)"
    (narrow,) = (line for line in text_of(run, width=70).splitlines() if "holds: " in line)
    assert narrow.strip() == "holds: MUTE-001 A muted micro… 41.25 ms (≤ 300 ms)"


def test_what_is_not_in_the_run_says_how_to_get_it(run: Path) -> None:
    assert "`pytest scenarios/ -m 'long or not long'` runs everything\n" in text_of(run)
    report = read_report(run)
    claims = judge_claims(documentation().claims, report.clauses, report.findings)
    assert "runs everything" not in claims_text(claims, report, shown=claims[:1])
