"""No picture reaches a subscriber: all video packets are dropped on the last leg.

Sound, signalling and events stay as they are, so that only what was decoded tells.
"""

from __future__ import annotations

from harness.network.impairment import Target
from harness.network.impairments import Loss
from harness.sabotage.sabotage import Sabotage

SABOTAGE = Sabotage(
    name="drop-video-down",
    breaks="every video packet towards a subscriber is dropped",
    kills=frozenset(
        {
            *("PUB-003", "SUB-002", "SUB-006", "SUB-014", "SUB-020", "PERM-015"),
            *("MUTE-012", "MUTE-038", "MUTE-046", "NET-002"),
        }
    ),
    impairments=(Loss(ratio=1.0, target=Target(direction="down", medium="video")),),
)
