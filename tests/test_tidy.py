"""The house rules that a machine can check. See ARCHITECTURE.md and CONTRIBUTING.md."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.clauses.catalogue import SHIPPED, Catalogue
from tests.scenario_index import scenarios

ROOT = Path(__file__).parent.parent
HARNESS = ROOT / "harness"
MODULES = sorted(p for p in HARNESS.rglob("*.py") if p.name != "__init__.py")
CODE = sorted(
    [
        *MODULES,
        *(
            path
            for room in ("scenarios", "tests", "benchmarks")
            for path in (ROOT / room).rglob("*.py")
        ),
    ]
)

BASE = {"evidence", "clauses", "signals", "network", "processes"}
MAY_IMPORT: dict[str, set[str]] = {
    "evidence": set(),
    "clauses": {"evidence"},
    "signals": {"evidence"},
    "network": {"evidence"},
    "processes": {"evidence"},
    "statistics": set(),
    "verifiers": BASE - {"processes"} | {"statistics"},
    "judging": {"evidence", "clauses", "verifiers", "statistics"},
    "server": BASE,
    "gateway": BASE,
    "participant": BASE,
    "sabotage": {"gateway", "participant", "server", "signals", "network", "evidence"},
    "stage": BASE | {"verifiers", "judging", "server", "gateway", "participant"},
    "measuring": BASE
    | {"verifiers", "statistics", "judging", "server", "gateway", "participant", "stage", "report"},
    "calibration": BASE
    | {"verifiers", "statistics", "judging", "participant", "server", "stage", "measuring"},
    "run": BASE | {"judging", "server", "stage", "sabotage", "calibration"},
    "report": {"evidence", "clauses", "judging", "statistics"},
    "soak": {"evidence", "judging", "report"},
    "standalone": BASE | {"server", "gateway"},
}
"""Room to the rooms that it may import, apart from itself. Modules on top may import any."""

LONGEST_FUNCTION = 60
LONGEST_MODULE = 400


def ids(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def imported(path: Path) -> Iterator[str]:
    """Dotted names that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", MODULES, ids=ids(MODULES))
def test_imports_point_one_way(path: Path) -> None:
    room, *inside = path.relative_to(HARNESS).parts
    if not inside or room == "commands":
        return  # plugin, scenario, cli and its commands sit on top
    wanted = {name.split(".")[1] for name in imported(path) if name.startswith("harness.")}

    assert not [name for name in imported(path) if name.startswith("scenarios")]
    assert wanted - {room} <= MAY_IMPORT[room]


@pytest.mark.parametrize("path", MODULES, ids=ids(MODULES))
def test_only_participants_import_the_sdk(path: Path) -> None:
    if path.relative_to(HARNESS).parts[0] == "participant":
        return

    assert not [name for name in imported(path) if name.startswith("livekit.rtc")]
    assert "livekit.rtc" not in path.read_text().replace("`livekit.rtc`", "")


@pytest.mark.parametrize("path", MODULES, ids=ids(MODULES))
def test_a_module_with_behaviour_has_its_tests(path: Path) -> None:
    if not any(not function.name.startswith("__") for function in functions(path)):
        return
    inside = path.relative_to(HARNESS)
    if inside.parts[0] == "sabotage" and len(inside.parts) > 2:
        return  # a sabotage is tested by what it turns to FAIL: `--lk-prove`

    assert (ROOT / "tests" / inside.parent / f"test_{inside.name}").exists()


@pytest.mark.parametrize("path", CODE, ids=ids(CODE))
def test_functions_and_modules_are_small(path: Path) -> None:
    long = [
        f.name for f in functions(path) if (f.end_lineno or 0) - f.lineno + 1 > LONGEST_FUNCTION
    ]

    assert not long
    assert len(path.read_text().splitlines()) <= LONGEST_MODULE


def test_every_clause_has_a_scenario_and_every_scenario_its_clauses() -> None:
    declared = {clause for _, clauses in scenarios() for clause in clauses}

    assert declared == set(Catalogue.load(SHIPPED))


def test_no_module_of_the_house_starts_a_task_and_forgets_it() -> None:
    forgotten = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func).endswith(("asyncio.create_task", "ensure_future"))
    ]

    assert not forgotten
