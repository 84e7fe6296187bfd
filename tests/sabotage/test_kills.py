"""Each sabotage, on the real thing, turns the clauses it names to FAIL and no others.

Run on the scenarios that declare those clauses; what else they declare must not FAIL.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.sabotage.registry import SABOTAGES
from tests.scenario_index import scenarios

ROOT = Path(__file__).parent.parent.parent
LIMIT_S = 300


def findings(name: str, reports: Path) -> list[dict[str, Any]]:
    """Findings of a run under a sabotage, known deviations left out."""
    nodes = [node for node, clauses in scenarios() if clauses & SABOTAGES[name].kills]
    options = ["--lk-sabotage", name, "--lk-backend", "binary", "--lk-reports", str(reports)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *nodes, *options, "-p", "no:cacheprovider"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr[-1000:]
    results = msgspec.json.decode((reports / "latest" / "results.json").read_bytes())
    return [finding for finding in results["findings"] if finding["deviation"] is None]


@pytest.mark.real
@pytest.mark.parametrize("name", sorted(SABOTAGES))
def test_a_sabotage_kills_what_it_names_and_nothing_else(name: str, tmp_path: Path) -> None:
    found = findings(name, tmp_path)

    failed = {finding["clause"] for finding in found if finding["verdict"] == "FAIL"}
    assert failed == SABOTAGES[name].kills
    assert not [finding for finding in found if finding["verdict"] == "ERROR"]
