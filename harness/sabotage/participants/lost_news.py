"""A participant whose application hears of nothing but the tracks that there are.

Its SDK knows better: what it says when it is asked is right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.evidence.sdk_event import SdkEvent
    from harness.participant.tampering import Tampering, Tell

UNTOLD = "carol"
KEPT = ("track_published", "track_subscribed")
"""Scenarios wait for these; without them they would not come to what is judged."""


def lost_news(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    if tampering.identity == UNTOLD:
        tampering.told(_lost)


def _lost(tell: Tell, event: SdkEvent) -> None:
    if event.name in KEPT:
        tell(event)


SABOTAGE = Sabotage(
    name="lost-news",
    breaks="one participant's application is told of new tracks and of nothing else",
    kills=frozenset({"MUTE-001", "MUTE-021", "MUTE-022", "MUTE-047", "SPK-009", "SPK-010"}),
    tampers=(f"{__name__}:{lost_news.__name__}",),
)
