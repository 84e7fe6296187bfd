"""Scenarios under sabotages as items of pytest: one for each scenario and sabotage of a proof."""

from __future__ import annotations

import pytest

from harness.plugin import is_scenario
from harness.run.proving import Proving
from harness.run.scenario import Demands
from harness.sabotage.sabotage import Sabotage

CELL = "lk_cell"
"""Parameter of a scenario that is played under several sabotages: the name of one."""


def make_cells(metafunc: pytest.Metafunc, proving: Proving) -> Demands:
    """Make a scenario one for each sabotage; returns what it declares."""
    demands: Demands = metafunc.function.lk_demands
    smoke = metafunc.definition.get_closest_marker("smoke") is not None
    names = [one.name for one in proving.of(demands.clauses, smoke=smoke)]
    if names:
        metafunc.fixturenames.append(CELL)
        metafunc.parametrize(CELL, names, ids=names)
    return demands


def leave_out_others(config: pytest.Config, items: list[pytest.Item], proving: Proving) -> None:
    """Keep of scenarios those alone that prove something; those of one server together."""
    others = [item for item in items if is_scenario(item) and cell_of(item, proving) is None]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]
    items.sort(key=lambda item: _has_own_server(cell_of(item, proving)))


def cell_of(item: pytest.Item, proving: Proving | None) -> Sabotage | None:
    """The sabotage under which an item is played, in a proof."""
    callspec = getattr(item, "callspec", None)
    if proving is None or callspec is None or CELL not in callspec.params:
        return None
    name = callspec.params[CELL]
    return next(one for one in proving.sabotages if one.name == name)


def _has_own_server(sabotage: Sabotage | None) -> bool:
    return sabotage is not None and bool(sabotage.server or sabotage.server_fault)
