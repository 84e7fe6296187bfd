"""A publisher whom a moderator mutes unmutes at once, and its SDK never hears of the mute."""

from __future__ import annotations

from dataclasses import replace

from livekit.protocol import rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage


class DefiantPublisher:
    """Answers each `mute` of the server with an unmute, in the client's place."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        message = signal.protobuf
        if not isinstance(message, rtc.SignalResponse) or not message.mute.muted:
            return [signal]
        unmute = rtc.SignalRequest(mute=rtc.MuteTrackRequest(sid=message.mute.sid, muted=False))
        return [replace(signal, direction="client", protobuf=unmute)]


SABOTAGE = Sabotage(
    name="defiant-publisher",
    breaks="a moderator's mute is undone by the publisher's client at once",
    kills=frozenset({"MUTE-032", "MUTE-034", "MUTE-035", "MUTE-036", "MUTE-040"}),
    interceptors=(f"{__name__}:{DefiantPublisher.__name__}",),
)
