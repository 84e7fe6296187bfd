"""The server tells nobody that another's track is muted: the flag is always False.

The media follows the mute all the same.
"""

from __future__ import annotations

from collections.abc import Iterable

from livekit.protocol import models, rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage


class NeverMuted:
    """Falsifies the flag in what a client is told of others."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        message = signal.protobuf
        if isinstance(message, rtc.SignalResponse):
            for participant in _participants(message):
                if participant.identity != signal.participant:
                    for track in participant.tracks:
                        track.muted = False
        return [signal]


def _participants(message: rtc.SignalResponse) -> Iterable[models.ParticipantInfo]:
    if message.HasField("join"):
        return message.join.other_participants
    return message.update.participants if message.HasField("update") else ()


SABOTAGE = Sabotage(
    name="never-muted",
    breaks="whatever the server says of others' tracks, it says that they are not muted",
    kills=frozenset(
        {"MUTE-001", "MUTE-021", "MUTE-022", "MUTE-023", "MUTE-032", "MUTE-041", "MUTE-047"}
    ),
    interceptors=(f"{__name__}:{NeverMuted.__name__}",),
)
