"""What an SDK tells comes twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.evidence.sdk_event import SdkEvent
    from harness.participant.tampering import Tampering, Tell

TWICE = ("track_muted", "track_unmuted", "track_subscribed", "local_track_republished")


def repeated_news(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.told(_twice)


def _twice(tell: Tell, event: SdkEvent) -> None:
    tell(event)
    if event.name in TWICE:
        tell(event)


SABOTAGE = Sabotage(
    name="repeated-news",
    breaks="an application is told twice of each mute, unmute, subscription and own track that a "
    "new session published again",
    kills=frozenset({"LIFE-016", "MUTE-017", "MUTE-022", "MUTE-047", "SUB-016"}),
    tampers=(f"{__name__}:{repeated_news.__name__}",),
)
