"""The server tells participants of one room of those in another, and of their tracks."""

from __future__ import annotations

from dataclasses import replace

from livekit.protocol import models, rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage


class LeakingRooms:
    """Whatever a room is told of participants, the next message to everybody elsewhere brings."""

    def __init__(self) -> None:
        self._news: list[tuple[str, models.ParticipantInfo]] = []
        """What was told, and in which room."""
        self._had: dict[tuple[str, str], int] = {}
        """By room and participant: how much of it he has had."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        message = signal.protobuf
        if not isinstance(message, rtc.SignalResponse):
            return [signal]
        leaked = self._unheard(signal.room, signal.participant)
        for one in message.update.participants:
            copy = models.ParticipantInfo()
            copy.CopyFrom(one)
            self._news.append((signal.room, copy))
        if not leaked:
            return [signal]
        update = rtc.SignalResponse(update=rtc.ParticipantUpdate(participants=leaked))
        return [signal, replace(signal, protobuf=update)]

    def _unheard(self, room: str, participant: str) -> list[models.ParticipantInfo]:
        """News of other rooms since the last message to this participant."""
        since = self._had.get((room, participant), 0)
        self._had[room, participant] = len(self._news)
        return [one for where, one in self._news[since:] if where != room]


SABOTAGE = Sabotage(
    name="leaking-rooms",
    breaks="participants of one room are told of those of another and of their tracks",
    kills=frozenset({"PERM-031"}),
    interceptors=(f"{__name__}:{LeakingRooms.__name__}",),
)
