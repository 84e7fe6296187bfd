"""Which clauses the scenarios declare, read from their source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
OF_A_USER = ROOT / "scenarios" / "examples" / "agent"
"""Scenarios about an application: their clauses are its own."""


def scenarios() -> Iterator[tuple[str, frozenset[str]]]:
    """Node id of each scenario of the repository, and the ids in its `@clause(...)`."""
    for path in sorted((ROOT / "scenarios").rglob("test_*.py")):
        if path.is_relative_to(OF_A_USER):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.AsyncFunctionDef):
                yield f"{path.relative_to(ROOT)}::{node.name}", _declared(node)


def _declared(function: ast.AsyncFunctionDef) -> frozenset[str]:
    return frozenset(
        ast.literal_eval(argument)
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "clause"
        for argument in decorator.args
    )
