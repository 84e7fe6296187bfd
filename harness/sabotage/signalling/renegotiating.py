"""A server that wants a new session description for each mute, unmute, pause and resumption."""

from __future__ import annotations

from dataclasses import replace

from livekit.protocol import rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage


class Renegotiating:
    """Asks the client for one more section of sound, which it offers and the server answers."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        if signal.direction != "client" or signal.kind not in ("mute", "track_setting"):
            return [signal]
        wanted = rtc.SignalResponse(
            media_sections_requirement=rtc.MediaSectionsRequirement(num_audios=1)
        )
        return [signal, replace(signal, direction="server", protobuf=wanted)]


SABOTAGE = Sabotage(
    name="renegotiating",
    breaks="each mute and each disabled track is followed by an offer and an answer",
    kills=frozenset({"MUTE-007", "SUB-032"}),
    interceptors=(f"{__name__}:{Renegotiating.__name__}",),
)
