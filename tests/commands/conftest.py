"""A reports folder with one run, as a run leaves it."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.clauses.catalogue import SHIPPED, Catalogue
from harness.evidence.finding import Cell, Finding, Verdict
from harness.evidence.run_event import FindingMade, RunFinished, RunStarted, VersionSeen
from harness.evidence.run_folder import RunFolder
from harness.judging.deviations import Deviation, Deviations
from harness.report.model import read_report
from harness.report.results import results

CELL = Cell(server="1.13.5", sdk={"alice": "python 1.2.0"}, seed=81)
VERDICTS = {
    "MUTE-002": Verdict.PASS,
    "MUTE-005": Verdict.FAIL,
    "MUTE-015": Verdict.FAIL,
    "SUB-004": Verdict.INCONCLUSIVE,
}
KNOWN = Deviation(
    id="uplink-while-muted", clause="MUTE-005", reason="it goes on", link="https://example.org/1"
)


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder `reports` of the working directory, whose last run has a few findings."""
    monkeypatch.chdir(tmp_path)
    store_run(tmp_path / "reports")
    return tmp_path / "reports"


def store_run(reports: Path) -> Path:
    """Leave a run in a folder of reports; its own folder."""
    folder = RunFolder.create(reports)
    folder.append(
        RunStarted(
            at_ns=1,
            started="2026-11-21T00:05:28Z",
            seed=81,
            backend="binary",
            command=("pytest",),
            clauses=Catalogue.load(SHIPPED).rows(),
            deviations=Deviations([KNOWN]).rows(),
        )
    )
    folder.append(VersionSeen(at_ns=2, name="livekit-server", version="1.13.5"))
    for clause, verdict in VERDICTS.items():
        found = Finding(
            clause=clause,
            scenario="scenarios/test_it.py::test_it",
            cell=CELL,
            attempts=1,
            verdict=verdict,
            reason=f"because of {clause}",
            deviation=KNOWN.id if clause == KNOWN.clause else None,
        )
        folder.append(FindingMade(at_ns=3, finding=found))
    folder.append(RunFinished(at_ns=4, exit_code=1, reason="1 FAIL"))
    folder.close()
    (folder.path / "results.json").write_bytes(results(read_report(folder.path)))
    return folder.path
