"""The canary: one hidden sabotage in a run that judges everything, which must be noticed.

It costs one scenario. A run is one that judges everything when neither `-k`, `-m` nor a node id
narrows it, no sabotage is in force, and its scenarios judge nine in ten clauses of the catalogue.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from harness.sabotage.sabotage import Sabotage

GATING_RATIO = 0.9
"""Share of the catalogue's clauses: scenarios that take minutes are left out of most runs."""


@dataclass(frozen=True, kw_only=True)
class Canary:
    """A scenario that is played once more, under a sabotage that must turn this clause to FAIL."""

    scenario: str
    clause: str
    sabotage: Sabotage


def judges_everything(judged: Collection[str], catalogue: Collection[str]) -> bool:
    """Whether scenarios that judge these clauses judge nearly all of the catalogue."""
    return len(set(judged) & set(catalogue)) >= GATING_RATIO * len(catalogue)


def choose_canary(
    scenarios: Mapping[str, Collection[str]],
    sabotages: Collection[Sabotage],
    *,
    seed: int,
    without: Collection[str],
) -> Canary | None:
    """Draw a clause by the seed, then who kills it.

    A clause that several scenarios judge is left out: a sabotage may bite in one of them alone.

    Args:
        scenarios: Clauses by node id.
        sabotages: Those that there are; those that need a server of their own are left out.
        seed: Of the run.
        without: Clauses that are known to fail, or are judged on a server of their own.

    Returns:
        None where no sabotage names a clause of the scenarios.
    """
    cheap = [one for one in sabotages if not one.server and one.server_fault is None]
    judged = Counter(clause for clauses in scenarios.values() for clause in clauses)
    once = {clause for clause, number in judged.items() if number == 1}
    named = {clause for one in cheap for clause in one.kills}
    clauses = sorted(once & named - set(without))
    if not clauses:
        return None
    chance = random.Random(seed)
    clause = chance.choice(clauses)
    return Canary(
        clause=clause,
        sabotage=chance.choice([one for one in cheap if clause in one.kills]),
        scenario=next(name for name, some in scenarios.items() if clause in some),
    )
