"""Scenarios that take minutes run when they are asked for: by `-m`, by `-k`, by a node id."""

from __future__ import annotations

import pytest

collect_ignore = ["examples/agent"]
"""A user's project, with clauses and settings of its own: `pytest scenarios/examples/agent`."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is marked `long`, unless a proof needs it for what its sabotages name."""
    named = any("::" in argument for argument in config.args)
    asked = config.option.lk_prove
    proof = asked is not None and not asked.startswith("cross:")
    if named or proof or config.option.markexpr or config.option.keyword:
        return
    long = [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]
