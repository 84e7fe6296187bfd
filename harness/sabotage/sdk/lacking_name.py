"""Names that `livekit.rtc` no longer has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.messages import in_probe

if TYPE_CHECKING:
    from harness.participant.tampering import Tampering


NAMES = ("StreamState", "AVSynchronizer")


def lacking_name(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    if in_probe(tampering):
        for name in NAMES:
            tampering.remove(name)


SABOTAGE = Sabotage(
    name="lacking-name",
    breaks="`livekit.rtc` has no `StreamState` and no `AVSynchronizer`",
    kills=frozenset({"EX-012", "SYNC-019"}),
    tampers=(f"{__name__}:{lacking_name.__name__}",),
)
