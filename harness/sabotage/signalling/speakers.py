"""The server's news of who speaks: never, or never that somebody stopped."""

from __future__ import annotations

from livekit.protocol import rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage

HEARD = 0.25
"""Level of somebody who is said to go on."""


class SwallowSpeakers:
    """Drops each `speakers_changed`."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        return [] if signal.kind == "speakers_changed" else [signal]


class EndlessSpeakers:
    """Says of everybody in a `speakers_changed` that he speaks."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        message = signal.protobuf
        if isinstance(message, rtc.SignalResponse):
            for speaker in message.speakers_changed.speakers:
                if not speaker.active:
                    speaker.active, speaker.level = True, HEARD
        return [signal]


SABOTAGES = (
    Sabotage(
        name="swallow-speakers",
        breaks="nobody is told who speaks",
        kills=frozenset({"SPK-001", "SPK-002", "SPK-009", "SPK-010", "SPK-012"}),
        interceptors=(f"{__name__}:{SwallowSpeakers.__name__}",),
    ),
    Sabotage(
        name="endless-speakers",
        breaks="nobody is told that somebody stopped speaking",
        kills=frozenset({"SPK-003", "SPK-008"}),
        interceptors=(f"{__name__}:{EndlessSpeakers.__name__}",),
    ),
)
