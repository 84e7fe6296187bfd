"""A client that knows no RED: plain Opus is all that it offers, and all that it answers.

Some clients are so; none of ours can be told to be. What one of them says of RED (RFC 2198) is
taken out of its session descriptions on the way to the server, which then has to send it Opus.
The client itself still believes that it knows RED, and is never sent any.
"""

from __future__ import annotations

import re

from livekit.protocol import rtc

from harness.gateway.interceptors import Signal

IDENTITY = "opus-only"
"""Who it is done to."""

_SECTION = re.compile(r"(?=^m=)", re.MULTILINE)
_RED = re.compile(r"^a=rtpmap:(\d+) red/", re.MULTILINE | re.IGNORECASE)


class OpusOnly:
    """Takes RED out of what the participant called `opus-only` offers and answers."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        if signal.participant == IDENTITY:
            for description in descriptions_of(signal.protobuf):
                description.sdp = without_red(description.sdp)
        return [signal]


def without_red(sdp: str) -> str:
    """The description without RED for sound; all else stays, line for line."""
    return "".join(
        _section_without_red(part) if part.startswith("m=audio ") else part
        for part in _SECTION.split(sdp)
    )


def _section_without_red(section: str) -> str:
    for number in dict.fromkeys(_RED.findall(section)):
        section = re.sub(rf"(?m)^a=(rtpmap|fmtp|rtcp-fb):{number} .*\n", "", section)
        section = re.sub(rf"^(m=audio .*?) {number}(?=\s)", r"\1", section)
    return section


def descriptions_of(message: object) -> list[rtc.SessionDescription]:
    """The session descriptions that a client sends in a message, to be changed in place."""
    if isinstance(message, rtc.JoinRequest):
        return [message.publisher_offer] if message.HasField("publisher_offer") else []
    if isinstance(message, rtc.SignalRequest):
        return [getattr(message, kind) for kind in ("offer", "answer") if message.HasField(kind)]
    return []
