"""Which tracks were published in an attempt: a sid, which a server draws anew, by who and how."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.evidence.signalling import SignallingMessage


@dataclass(frozen=True, kw_only=True)
class PublishedTrack:
    """A track that the server let somebody publish."""

    sid: str
    publisher: str
    name: str
    """As its publisher called it, else its kind, `audio` or `video`."""

    @property
    def words(self) -> str:
        """`alice/sound1`, to everybody."""
        return f"{self.publisher}/{self.name}"


def published_tracks(messages: Iterable[SignallingMessage]) -> dict[str, PublishedTrack]:
    """By sid, of the signalling of an attempt."""
    return {
        str(message.details["sid"]): PublishedTrack(
            sid=str(message.details["sid"]),
            publisher=message.participant,
            name=str(message.details.get("name") or message.details.get("type") or "a track"),
        )
        for message in messages
        if message.kind == "track_published" and "sid" in message.details
    }
