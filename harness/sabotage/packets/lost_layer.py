"""The full layer of a camera never arrives at the server.

Of one publisher alone, and no clause about dynacast is named: the rate that a publisher estimates
falls by such a loss and is probed for again, so what it sends of which track, and when, is chance.
"""

from __future__ import annotations

from harness.network.impairment import Target
from harness.network.impairments import Loss
from harness.sabotage.sabotage import Sabotage

SABOTAGE = Sabotage(
    name="lost-layer",
    breaks="the packets of the full layer of alice's camera are lost on the way to the server",
    kills=frozenset({"LAY-002", "LAY-003", "LAY-007", "LAY-014", "LAY-015", "PIC-013"}),
    impairments=(Loss(ratio=1.0, target=Target(participant="alice", direction="up", layer="f")),),
)
