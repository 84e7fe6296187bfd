"""An SDK that is wrong about sids: of a track, of one that is published again, in a new session."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.evidence.sdk_event import SdkEvent
    from harness.participant.tampering import Tampering, Tell

TRACK = "silent"
"""Name of the track that says of itself what nobody else does."""
MADE_UP = "TR_madeup"

Publish = Callable[..., Coroutine[Any, Any, Any]]


def wrong_sids(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.replace("Track.sid", _made_up)
    tampering.replace("LocalParticipant.publish_track", _former)
    tampering.told(_same)


def _made_up(there: property) -> property:
    assert there.fget is not None
    read = there.fget
    return property(lambda track: MADE_UP if track.name == TRACK else read(track))


def _former(there: Publish) -> Publish:
    """A track that is published again gives its first publication."""
    first: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()

    async def publish_track(participant: object, track: object, *options: object) -> object:
        return first.setdefault(track, await there(participant, track, *options))

    return publish_track


def _same(tell: Tell, event: SdkEvent) -> None:
    if event.name == "local_track_republished":
        event = replace(event, details={**event.details, "previous_sid": event.track})
    tell(event)


SABOTAGE = Sabotage(
    name="wrong-sids",
    breaks="a track says a sid that nobody assigned, one that is published again the former one, "
    "and a new session the new one for the former",
    kills=frozenset({"LIFE-001", "LIFE-002", "LIFE-010", "LIFE-015"}),
    tampers=(f"{__name__}:{wrong_sids.__name__}",),
)
