"""The house rules that a machine can check. See ARCHITECTURE.md and CONTRIBUTING.md."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeGuard

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
    "report": {"evidence", "clauses", "judging", "statistics", "signals", "network", "verifiers"},
    "following": {"evidence", "clauses", "judging", "report"},
    "soak": {"evidence", "judging", "report"},
    "standalone": BASE | {"server", "gateway"},
}
"""Room to the rooms that it may import, apart from itself. Modules on top may import any."""

LONGEST_FUNCTION = 60
LONGEST_MODULE = 400


def ids(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


@dataclass(frozen=True, kw_only=True)
class Module:
    """What the rules ask of a file, read once for all of them."""

    text: str
    imported: tuple[str, ...]
    """Dotted names, wherever in it."""
    functions: tuple[tuple[str, int], ...]
    """Name and lines of each."""
    forgotten: tuple[int, ...]
    """Lines that start a task which nobody holds."""


@cache
def read(path: Path) -> Module:
    text = path.read_text()
    nodes = list(ast.walk(ast.parse(text)))
    return Module(
        text=text,
        imported=tuple(name for node in nodes for name in _imported(node)),
        functions=tuple(
            (node.name, (node.end_lineno or 0) - node.lineno + 1)
            for node in nodes
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ),
        forgotten=tuple(node.lineno for node in nodes if _forgets_a_task(node)),
    )


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _forgets_a_task(node: ast.AST) -> TypeGuard[ast.Expr]:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func).endswith(("asyncio.create_task", "ensure_future"))
    )


@pytest.mark.parametrize("path", MODULES, ids=ids(MODULES))
def test_imports_point_one_way(path: Path) -> None:
    room, *inside = path.relative_to(HARNESS).parts
    if not inside or room == "commands":
        return  # plugin, scenario, cli and its commands sit on top
    imported = read(path).imported
    wanted = {name.split(".")[1] for name in imported if name.startswith("harness.")}

    assert not [name for name in imported if name.startswith("scenarios")]
    assert wanted - {room} <= MAY_IMPORT[room]


@pytest.mark.parametrize("path", MODULES, ids=ids(MODULES))
def test_only_participants_import_the_sdk(path: Path) -> None:
    if path.relative_to(HARNESS).parts[0] == "participant":
        return

    assert not [name for name in read(path).imported if name.startswith("livekit.rtc")]
    assert "livekit.rtc" not in read(path).text.replace("`livekit.rtc`", "")


@pytest.mark.parametrize("path", MODULES, ids=ids(MODULES))
def test_a_module_with_behaviour_has_its_tests(path: Path) -> None:
    if all(name.startswith("__") for name, _ in read(path).functions):
        return
    inside = path.relative_to(HARNESS)
    if inside.parts[0] == "sabotage" and len(inside.parts) > 2:
        return  # a sabotage is tested by what it turns to FAIL: `--lk-prove`

    assert (ROOT / "tests" / inside.parent / f"test_{inside.name}").exists()


@pytest.mark.parametrize("path", CODE, ids=ids(CODE))
def test_functions_and_modules_are_small(path: Path) -> None:
    assert not [name for name, lines in read(path).functions if lines > LONGEST_FUNCTION]
    assert len(read(path).text.splitlines()) <= LONGEST_MODULE


def test_every_clause_has_a_scenario_and_every_scenario_its_clauses() -> None:
    declared = {clause for _, clauses in scenarios() for clause in clauses}

    assert declared == set(Catalogue.load(SHIPPED))


def test_no_module_of_the_house_starts_a_task_and_forgets_it() -> None:
    forgotten = [
        f"{path.relative_to(ROOT)}:{line}" for path in MODULES for line in read(path).forgotten
    ]

    assert not forgotten
