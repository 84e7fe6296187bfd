from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from harness.evidence.run_event import RunEvent, RunStarted
from harness.report.model import read_report
from harness.report.results import results

Chosen = Callable[[RunEvent], bool]


def test_golden(run: Path, golden: Callable[[str, bytes], None]) -> None:
    golden("results.json", results(read_report(run)))


def test_the_numbers_agree_with_the_findings(run: Path) -> None:
    document = json.loads(results(read_report(run)))
    assert document["schema"] == 1
    assert set(document) == {"schema", "run", "summary", "coverage", "findings"}
    assert sum(document["summary"].values()) == len(document["findings"])
    known = [one for one in document["findings"] if one["deviation"] and one["verdict"] == "FAIL"]
    assert document["coverage"]["deviations"] == len(known)


def test_a_run_without_its_first_event_is_still_a_document(
    run_of: Callable[[Chosen], Path],
) -> None:
    folder = run_of(lambda event: not isinstance(event, RunStarted))
    document = json.loads(results(read_report(folder)))
    assert document["run"]["seed"] is None
    assert len(document["findings"]) == 7
