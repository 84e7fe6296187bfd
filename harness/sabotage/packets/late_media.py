"""Media that comes 0.64 s late, as over a link whose buffers are full; signalling is in time."""

from __future__ import annotations

from harness.network.impairment import Target
from harness.network.impairments import Delay
from harness.sabotage.sabotage import Sabotage

SABOTAGE = Sabotage(
    name="late-media",
    breaks="sound and pictures come 0.64 s late",
    kills=frozenset(
        {
            *("MUTE-002", "MUTE-003", "MUTE-008", "MUTE-009", "MUTE-010", "MUTE-012", "MUTE-013"),
            *("MUTE-024", "MUTE-026", "MUTE-034", "MUTE-036", "MUTE-037", "MUTE-038", "MUTE-040"),
            *("MUTE-045", "MUTE-046", "MUTE-050", "PERM-002", "PERM-003", "PERM-026", "PERM-027"),
            *("SUB-007", "SUB-012", "SUB-021", "SUB-022", "SUB-027", "SUB-030"),
            *("SUB-031", "SPK-015", "SPK-016", "SPK-017"),
        }
    ),
    impairments=tuple(
        Delay(delay_ms=640, target=Target(direction="down", medium=medium))
        for medium in ("audio", "video")
    ),
)
