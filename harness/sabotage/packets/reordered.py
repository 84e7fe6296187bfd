"""Packets of pictures that others overtake."""

from __future__ import annotations

from harness.network.impairment import Target
from harness.network.impairments import Reorder
from harness.sabotage.sabotage import Sabotage

SABOTAGE = Sabotage(
    name="reordered",
    breaks="a fifth of the packets of pictures are held back until the next one, for 5 ms at most",
    impairments=(Reorder(ratio=0.2, distance_packets=1, most_ms=5, target=Target(medium="video")),),
    harmless="packets are numbered, and who receives them sorts them before a picture is decoded "
    "(RFC 3550, 5.1)",
)
