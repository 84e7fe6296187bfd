"""Holes of 0.6 s in tracks that nobody touched, every 2.5 s.

They are alice's second sound on its way to bob, and her first sound and her picture on their way
to carol: what goes on while something else is muted, unsubscribed or forbidden.
"""

from __future__ import annotations

from harness.network.impairment import Target
from harness.network.impairments import Blackhole
from harness.sabotage.sabotage import Sabotage

AIMED = (("bob", "alice/sound2"), ("carol", "alice/sound1"), ("carol", "alice/picture2"))

SABOTAGE = Sabotage(
    name="holes",
    breaks="tracks that nobody touched stop for 0.6 s every 2.5 s",
    kills=frozenset({"MUTE-016", "NET-025", "SUB-009", "PERM-005", "PERM-006", "PERM-007"}),
    impairments=tuple(
        Blackhole(
            from_ms=2500,
            for_ms=600,
            every_ms=2500,
            target=Target(participant=subscriber, direction="down", track=track),
        )
        for subscriber, track in AIMED
    ),
)
