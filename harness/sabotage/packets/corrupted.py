"""A sound whose packets arrive with a wrong bit, nine in ten: alice's first, on its way to carol.

Nobody touches it there while bob is forbidden to hear it. Where half of them are lost a receiver
makes up so much that all markers may be found.
"""

from __future__ import annotations

from harness.network.impairment import Target
from harness.network.impairments import Corrupt
from harness.sabotage.sabotage import Sabotage

AIMED = Target(participant="carol", direction="down", track="alice/sound1")

SABOTAGE = Sabotage(
    name="corrupted",
    breaks="nine in ten packets of one track arrive with a wrong bit",
    kills=frozenset({"PERM-005", "PERM-006"}),
    impairments=(Corrupt(ratio=0.9, target=AIMED),),
)
