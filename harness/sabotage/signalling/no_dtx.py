"""Nobody asks a publisher to be sparing with silence, and packets are longer than they should be.

Whether silence is sent sparingly, and how long the packets of a sound are, says the server in its
answer.
"""

from __future__ import annotations

import re

from livekit.protocol import rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage

LONG_MS = 60
_OPUS = re.compile(r"(?m)^(a=rtpmap:\d+ opus/48000/2\r?\n)")


class NoDtx:
    """Takes `usedtx=1` out of what the server says of Opus."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        if isinstance(signal.protobuf, rtc.SignalResponse) and signal.kind == "answer":
            answer = signal.protobuf.answer
            answer.sdp = answer.sdp.replace(";usedtx=1", "")
        return [signal]


class LongPackets:
    """Asks for packets of 60 ms, from who published a track without DTX."""

    def __init__(self) -> None:
        self._without_dtx: set[str] = set()

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        message = signal.protobuf
        if isinstance(message, rtc.SignalRequest) and message.add_track.disable_dtx:
            self._without_dtx.add(signal.participant)
        meant = signal.kind == "answer" and signal.participant in self._without_dtx
        if isinstance(message, rtc.SignalResponse) and meant:
            message.answer.sdp = _OPUS.sub(rf"\1a=ptime:{LONG_MS}\r\n", message.answer.sdp)
        return [signal]


SABOTAGES = (
    Sabotage(
        name="no-dtx",
        breaks="the server's answer does not ask for discontinuous transmission",
        kills=frozenset({"DTX-001", "DTX-006", "DTX-007", "DTX-008", "DTX-009", "DTX-011"}),
        interceptors=(f"{__name__}:{NoDtx.__name__}",),
    ),
    Sabotage(
        name="long-packets",
        breaks="who published a track without DTX is asked for packets of 60 ms",
        kills=frozenset({"DTX-003", "DTX-004"}),
        interceptors=(f"{__name__}:{LongPackets.__name__}",),
    ),
)
