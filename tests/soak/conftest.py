"""Runs of a soak that were never made, and their reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from harness.clauses.catalogue import Catalogue
from harness.clauses.model import Clause, EvidenceKind, Level, Limit
from harness.evidence.finding import Cell, Finding, Verdict
from harness.evidence.history import LOAD
from harness.evidence.run_event import FindingMade, RunFinished, RunStarted
from harness.evidence.run_folder import RunFolder
from harness.report.render import render
from harness.soak.child import Ended
from harness.soak.soak import Plan

CLAUSE = Clause(
    id="OWN-001",
    statement="It holds.",
    level=Level.MUST,
    source="ours",
    evidence=(EvidenceKind.DECODED,),
    measures="whether it holds",
    unit="bool",
    timing=False,
    limit=Limit(min=1),
    limit_source="ours",
)
CODES = {
    Verdict.PASS: 0,
    Verdict.FAIL: 1,
    Verdict.ERROR: 10,
    Verdict.INCONCLUSIVE: 11,
    Verdict.UNSUPPORTED: 0,
}


class FakeRuns:
    """Stands at the seam `run_child`: each run has one finding, and writes its folder."""

    def __init__(self, *verdicts: Verdict | Ended | None) -> None:
        self._next = iter(verdicts)

    def __call__(
        self, command: Sequence[str], *, limit_s: float, on_line: Callable[[str], None]
    ) -> Ended:
        """A verdict, or an end without a run; None is Ctrl-C in between."""
        assert limit_s == 60.0
        what = next(self._next)
        if what is None:
            raise KeyboardInterrupt
        if isinstance(what, Ended):
            return what
        on_line(f"{what} 1/1 test_own: it (0 s)  OWN-001")
        options = dict(
            argument.split("=", 1) for argument in command if argument.startswith("--lk-")
        )
        write(
            Path(options["--lk-reports"]),
            what,
            seed=int(options["--lk-seed"]),
            load=options["--lk-load"],
        )
        return Ended(code=CODES[what], last_lines=())


def write(reports: Path, verdict: Verdict, *, seed: int, load: str = "") -> Path:
    """The folder of a run with one finding."""
    folder = RunFolder.create(reports)
    folder.append(
        RunStarted(
            at_ns=0,
            started="2026-11-21T00:05:28Z",
            seed=seed,
            backend="binary",
            command=("pytest",),
            machine={LOAD: load} if load else {},
            clauses=Catalogue({CLAUSE.id: CLAUSE}).rows(),
        )
    )
    found = Finding(
        clause=CLAUSE.id,
        scenario="test_own.py::test_it",
        cell=Cell(server="1.13.5", seed=seed),
        attempts=1,
        verdict=verdict,
        reason="expected yes, measured no",
    )
    folder.append(FindingMade(at_ns=1, finding=found))
    folder.append(RunFinished(at_ns=2, exit_code=CODES[verdict], reason="as it is"))
    folder.close()
    render(folder.path)
    return folder.path


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Plan(
        times=4, busy=False, limit_s=60.0, reports=tmp_path / "reports", arguments=("-m", "smoke")
    )
