"""RED for who asked for none: for a publisher of plain Opus, and for a client that knows none."""

from __future__ import annotations

import re

from livekit.protocol import rtc

from harness.gateway.codec_removal import descriptions_of
from harness.gateway.interceptors import Signal
from harness.gateway.opus_only import IDENTITY
from harness.sabotage.sabotage import Sabotage

RED = 63
"""Payload type by which the SDK knows RED."""
_AUDIO = re.compile(r"(?m)^(m=audio \d+ \S+) ")
_OPUS = re.compile(r"(?m)^(a=rtpmap:(\d+) opus/48000/2)(\r?\n)")


class RedForPublishers:
    """Hides from the server that a track is to be sent without RED."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        message = signal.protobuf
        if isinstance(message, rtc.SignalRequest) and message.HasField("add_track"):
            message.add_track.disable_red = False
        return [signal]


class RedForSubscribers:
    """Lets a client that knows no RED offer it."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        if signal.participant == IDENTITY:
            for description in descriptions_of(signal.protobuf):
                if "red/48000" not in description.sdp:
                    description.sdp = with_red(description.sdp)
        return [signal]


def with_red(sdp: str) -> str:
    """The description with RED as the first codec of each sound."""
    sdp = _OPUS.sub(
        rf"\1\3a=rtpmap:{RED} red/48000/2\3a=fmtp:{RED} \2/\2\3",
        sdp,
    )
    return _AUDIO.sub(rf"\1 {RED} ", sdp)


SABOTAGES = (
    Sabotage(
        name="red-for-publishers",
        breaks="the server is not told that a track is to be sent without RED",
        kills=frozenset({"RED-002", "RED-005", "RED-009", "SND-007"}),
        interceptors=(f"{__name__}:{RedForPublishers.__name__}",),
    ),
    Sabotage(
        name="red-for-subscribers",
        breaks="a client that knows no RED is said to offer it",
        kills=frozenset({"RED-012", "RED-014"}),
        interceptors=(f"{__name__}:{RedForSubscribers.__name__}",),
    ),
)
