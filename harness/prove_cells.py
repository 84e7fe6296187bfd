"""Scenarios under sabotages as items of pytest: those of a proof, and the canary of a run."""

from __future__ import annotations

import pytest

from harness.evidence.finding import CLEAN
from harness.plugin import is_scenario
from harness.run.canary import Canary, choose_canary, judges_everything
from harness.run.proving import Proving, split_cell
from harness.run.scenario import STANDARD, Body, Demands, Scenario
from harness.run.session import RunSession
from harness.run_options import demands_of
from harness.sabotage.registry import SABOTAGES
from harness.sabotage.sabotage import Sabotage

CELL = "lk_cell"
"""Parameter of a scenario that is played under several sabotages: the name of one."""

CANARY = "canary"


def make_cells(metafunc: pytest.Metafunc, proving: Proving) -> tuple[str, ...]:
    """Make a scenario one for each sabotage.

    Returns:
        Clauses of which this run is a proof of everything; none where a part was asked for.
    """
    demands: Demands = metafunc.function.lk_demands
    smoke = metafunc.definition.get_closest_marker("smoke") is not None
    scenario = metafunc.definition.nodeid
    played = proving.of(scenario, demands.clauses, smoke=smoke)
    names = [one.name for one in played]
    if names:
        metafunc.fixturenames.append(CELL)
        metafunc.parametrize(CELL, names, ids=names)
    return () if is_narrowed(metafunc.config) else demands.clauses


def leave_out_others(config: pytest.Config, items: list[pytest.Item], proving: Proving) -> None:
    """Keep of scenarios those alone that prove something; those of one server together.

    One that is judged under several profiles proves what it can under the first.
    """
    cells = {item.nodeid for item in items if is_scenario(item) and _proves(item, proving)}
    drawn = proving.drawn(cells)
    kept = [item for item in items if not is_scenario(item) or item.nodeid in drawn]
    others = [item for item in items if is_scenario(item) and item.nodeid not in drawn]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = kept
    items.sort(key=lambda item: _has_own_server(cell_of(item, proving)))


def _proves(item: pytest.Item, proving: Proving) -> bool:
    sabotage, demands = cell_of(item, proving), demands_of(item)
    if sabotage is None or (sabotage.clean_only and demands.profile != CLEAN):
        return False
    first = not demands.profiles or demands.profile == demands.profiles[0]
    return first or proving.cross


def cell_of(item: pytest.Item, proving: Proving | None) -> Sabotage | None:
    """The sabotage under which an item is played, in a proof."""
    callspec = getattr(item, "callspec", None)
    if proving is None or callspec is None or CELL not in callspec.params:
        return None
    return proving.sabotage(callspec.params[CELL])


def is_narrowed(config: pytest.Config) -> bool:
    """Whether a part was asked for of what there is: by `-k`, `-m` or a node id."""
    part = config.option.keyword or config.option.markexpr
    return bool(part) or any("::" in one for one in config.args)


def add_canary(config: pytest.Config, items: list[pytest.Item], session: RunSession) -> None:
    """In a run that judges everything: play one scenario once more, under a hidden sabotage."""
    if is_narrowed(config) or session.options.sabotage:
        return
    scenarios = {item.nodeid: item for item in items if is_scenario(item)}
    judged = {name: demands_of(item).clauses for name, item in scenarios.items()}
    if not judges_everything([one for some in judged.values() for one in some], session.catalogue):
        return
    known = {entry.clause for entry in session.deviations.entries}
    elsewhere = {one for item in scenarios.values() for one in _on_a_server_of_its_own(item)}
    canary = choose_canary(
        judged, SABOTAGES.values(), seed=session.options.seed, without=known | elsewhere
    )
    if canary is not None:
        session.canary = canary
        items.append(_once_more(scenarios[canary.scenario]))


def _on_a_server_of_its_own(item: pytest.Item) -> tuple[str, ...]:
    """The clauses of a scenario that not every server can be set up for."""
    demands = demands_of(item)
    return demands.clauses if demands.server_config != STANDARD else ()


def _once_more(item: pytest.Item) -> pytest.Item:
    """The same scenario as an item of its own."""
    assert isinstance(item, pytest.Function)
    again: pytest.Item = type(item).from_parent(
        item.parent,
        name=f"{item.name}[{CANARY}]",
        callspec=getattr(item, "callspec", None),
        callobj=item.obj,
        fixtureinfo=item._fixtureinfo,  # noqa: SLF001 - as pytest-asyncio does
        originalname=item.originalname,
    )
    again.own_markers = list(item.own_markers)
    return again


def scenario_of(item: pytest.Item, session: RunSession) -> Scenario:
    """What an item is to a run; its body lacks the fixtures that it takes."""
    proving = session.options.proving
    body: Body = item.function.__wrapped__  # type: ignore[attr-defined]
    demands, cell, canary = demands_of(item), cell_of(item, proving), canary_of(item, session)
    if canary is not None:
        return Scenario(
            nodeid=canary.scenario, demands=demands, body=body,
            sabotage=canary.sabotage, proof=True, canary=canary.clause,
        )  # fmt: skip
    nodeid = split_cell(item.nodeid, (cell.name,) if cell else ())[0]
    return Scenario(
        nodeid=nodeid, demands=demands, body=body, sabotage=cell, proof=cell is not None
    )


def canary_of(item: pytest.Item, session: RunSession) -> Canary | None:
    """The canary, where an item is that."""
    return session.canary if item.name.endswith(f"[{CANARY}]") else None


def _has_own_server(sabotage: Sabotage | None) -> bool:
    return sabotage is not None and bool(sabotage.server or sabotage.server_fault)
