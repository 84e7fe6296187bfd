"""Each sabotage, on the real thing, turns the clauses it names to FAIL and no others.

Run on the scenarios that declare those clauses; what else they declare must not FAIL.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.sabotage.registry import SABOTAGES

ROOT = Path(__file__).parent.parent.parent
LIMIT_S = 300


def scenarios_of(clauses: frozenset[str]) -> Iterator[str]:
    """Node ids of the scenarios that declare any of these clauses."""
    for path in sorted((ROOT / "scenarios").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.AsyncFunctionDef) and declared(node) & clauses:
                yield f"{path.relative_to(ROOT)}::{node.name}"


def declared(function: ast.AsyncFunctionDef) -> frozenset[str]:
    """Ids in the `@clause(...)` of a function."""
    return frozenset(
        ast.literal_eval(argument)
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "clause"
        for argument in decorator.args
    )


def findings(name: str, reports: Path) -> list[dict[str, Any]]:
    """Findings of a run under a sabotage, known deviations left out."""
    nodes = list(scenarios_of(SABOTAGES[name].kills))
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
