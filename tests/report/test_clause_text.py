from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.clauses.claims import documentation
from harness.judging.flips import series_of
from harness.report.clause_text import clause_text, history_text
from harness.report.model import read_report
from harness.report.stored_runs import stored_runs
from tests.report.conftest import CLAUSES


def test_a_clause_has_the_text_of_its_claims() -> None:
    text = clause_text(CLAUSES[0], documentation())
    assert text.startswith("MUTE-001  A muted microphone is soon silent.\n  level     MUST\n")
    assert "  limit     ≤ 300 ms\n" in text
    assert (
        "  claim 2   Muting a track stops it from sending data to the server. (publishing" in text
    )


def test_a_clause_says_of_what_it_informs() -> None:
    text = clause_text(CLAUSES[0], documentation(), width=200)
    assert "  about 3   A muted audio track" in text
    assert "(audio-track-api), which it does not decide\n" in text


def test_a_clause_says_beside_which_floor_it_is_read() -> None:
    text = clause_text(replace(CLAUSES[0], floor="sound_latency_ms"), documentation())
    assert "  beside    age of a sound when it is heard, over the server on a clean path\n" in text
    assert "  beside" not in clause_text(CLAUSES[0], documentation())


def history(reports: Path, clause: str, width: int = 100) -> str:
    stored = stored_runs(reports)
    run = stored.last.get(clause)
    last = read_report(run.folder) if run else None
    return history_text(clause, last, series_of(stored.verdicts), width=width)


@pytest.mark.parametrize("clause", ["MUTE-001", "MUTE-003"])
def test_golden(reports: Path, golden: Callable[[str, bytes], None], clause: str) -> None:
    text = history(reports, clause).replace(str(reports), "reports")
    golden(f"history-{clause}.txt", text.encode())


def test_what_is_to_be_copied_stays_on_one_line(reports: Path) -> None:
    lines = history(reports, "MUTE-001", width=60).splitlines()
    (again,) = (line for line in lines if line.startswith("  again"))
    assert again.endswith("--lk-backend=binary")


def test_a_clause_that_no_run_judged_says_so(reports: Path) -> None:
    assert history(reports, "MUTE-008") == "  last run  none that is stored judged it\n"
