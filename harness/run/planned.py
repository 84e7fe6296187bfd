"""What a run is to play, as its first event tells it."""

from __future__ import annotations

from collections.abc import Iterable

from harness.clauses.model import Clause
from harness.evidence.run_event import NetworkTold, PlannedCell
from harness.judging.deviations import Deviations
from harness.judging.load import fails_beside, may_run_beside
from harness.network.profile_text import timeline
from harness.run.scenario import Demands, Scenario
from harness.sabotage.sabotage import Sabotage

COLUMNS = 100
"""Width of a timeline on the page of a report."""


def may_begin_beside(
    scenario: Scenario,
    clauses: Iterable[Clause],
    *,
    sabotage: Sabotage | None,
    deviations: Deviations,
) -> bool:
    """Whether its first attempt may run beside others on the machine.

    Args:
        scenario: Whose attempt it is.
        clauses: That it judges.
        sabotage: In force while it runs, its own or that of the whole run.
        deviations: Known ones.
    """
    if scenario.proof:
        starves = not scenario.must_starve.isdisjoint(scenario.demands.clauses)
        named = (one for one in clauses if one.id in scenario.must_fail)
        return not starves and fails_beside(named)
    return sabotage is None and may_run_beside(clauses, deviations)


def planned_cell(
    scenario: Scenario,
    clauses: Iterable[Clause],
    *,
    sabotage: Sabotage | None,
    deviations: Deviations,
) -> PlannedCell:
    """As `may_begin_beside`, with what names the cell."""
    return PlannedCell(
        scenario=scenario.nodeid,
        profile=scenario.demands.profile,
        sabotage=sabotage.name if sabotage else None,
        beside=may_begin_beside(scenario, clauses, sabotage=sabotage, deviations=deviations),
    )


def network_told(demands: Demands) -> NetworkTold:
    """The network that a scenario is played under, in words."""
    network = demands.network
    return NetworkTold(
        name=demands.profile,
        title=network.title,
        cite=network.cite,
        timeline=tuple(timeline(network, COLUMNS)),
    )
