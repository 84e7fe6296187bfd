"""A client that knows no VP8: it can be sent no picture in the codec that the SDK publishes.

Some clients lack a codec; none of ours can be told to. What the participant says of VP8, and of its
retransmissions (RFC 4588), is taken out of its session descriptions on the way to the server.
"""

from __future__ import annotations

import re

from harness.gateway.interceptors import Signal
from harness.gateway.opus_only import descriptions_of

IDENTITY = "no-vp8"
"""Who it is done to."""

_SECTION = re.compile(r"(?=^m=)", re.MULTILINE)
_VP8 = re.compile(r"^a=rtpmap:(\d+) VP8/", re.MULTILINE | re.IGNORECASE)


class NoVp8:
    """Takes VP8 out of what the participant called `no-vp8` offers and answers."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        if signal.participant == IDENTITY:
            for description in descriptions_of(signal.protobuf):
                description.sdp = without_vp8(description.sdp)
        return [signal]


def without_vp8(sdp: str) -> str:
    """The description without VP8; all else stays, line for line."""
    return "".join(
        _section_without_vp8(part) if part.startswith("m=video ") else part
        for part in _SECTION.split(sdp)
    )


def _section_without_vp8(section: str) -> str:
    for number in dict.fromkeys(_VP8.findall(section)):
        repairs = re.findall(rf"(?m)^a=fmtp:(\d+) apt={number}\b", section)
        for gone in (number, *repairs):
            section = re.sub(rf"(?m)^a=(rtpmap|fmtp|rtcp-fb):{gone} .*\n", "", section)
            section = re.sub(rf"^(m=video .*?) {gone}(?=\s)", r"\1", section)
    return section
