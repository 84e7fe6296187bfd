"""A publisher called alice: her first sound and one called `back` never arrive, her others do."""

from __future__ import annotations

from harness.network.impairment import Target
from harness.network.impairments import Loss
from harness.sabotage.sabotage import Sabotage

TRACKS = ("alice/sound1", "alice/back")

SABOTAGE = Sabotage(
    name="lost-sound",
    breaks="each packet of one publisher's first sound, and of one called `back`, is lost on the "
    "way to its subscribers",
    kills=frozenset(
        {
            *("SUB-001", "SUB-005", "SUB-010", "SUB-019", "PERM-001", "PERM-013", "PERM-014"),
            *("LIFE-011", "LIFE-017", "LIFE-024"),
            *(
                "PERM-025",
                "MUTE-008",
                "MUTE-024",
                "MUTE-037",
                "MUTE-045",
                "MUTE-048",
                "NET-005",
                "PUB-001",
                "PUB-002",
            ),
        }
    ),
    impairments=tuple(
        Loss(ratio=1.0, target=Target(direction="down", track=track)) for track in TRACKS
    ),
)
