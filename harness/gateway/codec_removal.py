"""Takes a codec out of what a client says of itself, for a client that does not know it."""

from __future__ import annotations

import re

from livekit.protocol import rtc

_SECTION = re.compile(r"(?=^m=)", re.MULTILINE)


def without_codec(sdp: str, *, medium: str, codec: str) -> str:
    """The description without a codec and its retransmissions (RFC 4588) for a medium.

    All else stays, line for line.
    """
    return "".join(
        _section_without(part, medium, codec) if part.startswith(f"m={medium} ") else part
        for part in _SECTION.split(sdp)
    )


def descriptions_of(message: object) -> list[rtc.SessionDescription]:
    """The session descriptions that a client sends in a message, to be changed in place."""
    if isinstance(message, rtc.JoinRequest):
        return [message.publisher_offer] if message.HasField("publisher_offer") else []
    if isinstance(message, rtc.SignalRequest):
        return [getattr(message, kind) for kind in ("offer", "answer") if message.HasField(kind)]
    return []


def _section_without(section: str, medium: str, codec: str) -> str:
    for number in dict.fromkeys(re.findall(rf"(?mi)^a=rtpmap:(\d+) {codec}/", section)):
        repairs = re.findall(rf"(?m)^a=fmtp:(\d+) apt={number}\b", section)
        for gone in (number, *repairs):
            section = re.sub(rf"(?m)^a=(rtpmap|fmtp|rtcp-fb):{gone} .*\n", "", section)
            section = re.sub(rf"^(m={medium} .*?) {gone}(?=\s)", r"\1", section)
    return section
