"""What impairments do to the packets of one participant and direction."""

from __future__ import annotations

from harness.evidence.ledger_records import Direction
from harness.network.engine import Engine
from harness.network.impairments import Impairment
from harness.network.lane import Lane


def lane_with(*impairments: Impairment, seed: int = 1, direction: Direction = "up") -> Lane:
    """The lane of `alice` with these in force since time 0."""
    engine = Engine(seed=seed)
    engine.begin("alice", 0)
    engine.set_impairments(impairments, 0)
    return engine.lane("alice", direction)
