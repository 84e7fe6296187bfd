"""Messages on their way, for the tests of interceptors."""

from __future__ import annotations

from livekit.protocol import models, rtc

from harness.gateway.interceptors import Protobuf, Signal


def signal(protobuf: Protobuf, *, participant: str = "alice", room: str = "r") -> Signal:
    """A message of a participant; who sends it follows from its type."""
    server = isinstance(protobuf, rtc.SignalResponse)
    return Signal(
        participant=participant,
        room=room,
        direction="server" if server else "client",
        protobuf=protobuf,
    )


def update(*participants: models.ParticipantInfo) -> rtc.SignalResponse:
    """What the server tells of participants."""
    return rtc.SignalResponse(update=rtc.ParticipantUpdate(participants=participants))


def someone(identity: str, *, muted: bool = False) -> models.ParticipantInfo:
    """A participant with one track."""
    track = models.TrackInfo(sid=f"TR_{identity}", muted=muted)
    return models.ParticipantInfo(sid=f"PA_{identity}", identity=identity, tracks=[track])
