"""An endpoint that forwards nothing: signalling works, and no packet passes in either direction."""

from __future__ import annotations

from harness.network.impairments import Blackhole
from harness.sabotage.sabotage import Sabotage

SABOTAGE = Sabotage(
    name="dead-end",
    breaks="no packet of media passes, from the first one on and in either direction",
    starves=frozenset(
        {"MUTE-001", "MUTE-002", "PUB-001", "PUB-003", "PUB-007", "SUB-001", "SUB-003"}
    ),
    impairments=(Blackhole(),),
)
