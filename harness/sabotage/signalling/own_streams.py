"""Each track is described to its receivers as a media stream of its own, also where it is not.

That is the stream id in `msid`: `PA_x|camera TR_y` becomes `PA_x|TR_y TR_y`.
"""

from __future__ import annotations

import re

from livekit.protocol import rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage

_MSID = re.compile(r"(PA_\w+)\|\S+ (TR_\w+)")


class OwnStreams:
    """Changes what the server describes."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        if signal.direction == "server" and signal.kind in ("offer", "answer"):
            description: rtc.SessionDescription = getattr(signal.protobuf, signal.kind)
            description.sdp = _MSID.sub(r"\1|\2 \2", description.sdp)
        return [signal]


SABOTAGE = Sabotage(
    name="own-streams",
    breaks="receivers are told that each track is a media stream of its own",
    kills=frozenset({"SYNC-010", "SYNC-011", "SYNC-027", "SYNC-028"}),
    interceptors=(f"{__name__}:{OwnStreams.__name__}",),
)
