"""A client that asks again for each track that the server took from it.

What it unsubscribed by itself it does without. The server shows what it takes in its answers: the
track is bound to no section any longer.
"""

from __future__ import annotations

from dataclasses import replace

from livekit.protocol import rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage


class InsistentSubscriber:
    """Remembers by participant which tracks it had, and which it gave up."""

    def __init__(self) -> None:
        self._had: dict[str, set[str]] = {}
        self._given_up: dict[str, set[str]] = {}

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        message = signal.protobuf
        if isinstance(message, rtc.SignalRequest) and message.HasField("subscription"):
            self._asked(signal.participant, message.subscription)
        if not isinstance(message, rtc.SignalResponse) or not message.HasField("answer"):
            return [signal]
        lost = self._lost(signal.participant, set(message.answer.mid_to_track_id.values()))
        if not lost:
            return [signal]
        again = rtc.SignalRequest(
            subscription=rtc.UpdateSubscription(track_sids=sorted(lost), subscribe=True)
        )
        return [signal, replace(signal, direction="client", protobuf=again)]

    def _asked(self, participant: str, asked: rtc.UpdateSubscription) -> None:
        given_up = self._given_up.setdefault(participant, set())
        if asked.subscribe:
            given_up.difference_update(asked.track_sids)
        else:
            given_up.update(asked.track_sids)

    def _lost(self, participant: str, has: set[str]) -> set[str]:
        had = self._had.get(participant, set())
        self._had[participant] = has
        return had - has - self._given_up.get(participant, set())


SABOTAGE = Sabotage(
    name="insistent-subscriber",
    breaks="what the server API unsubscribed is subscribed again by the client at once",
    kills=frozenset({"SUB-021", "SUB-022", "SUB-023"}),
    interceptors=(f"{__name__}:{InsistentSubscriber.__name__}",),
)
