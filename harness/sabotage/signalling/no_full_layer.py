"""A server that takes no more than two of a publisher's layers: the full one is not among them."""

from __future__ import annotations

import re

from livekit.protocol import rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage

_RESTRICTION = re.compile(r"(?m)^a=rid:f recv.*\n")
_LAYERS = re.compile(r"(?m)^(a=simulcast:recv )([^\r\n]*)")


class NoFullLayer:
    """Takes the layer `f` out of what the server answers to a publisher (RFC 8851, RFC 8853)."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        message = signal.protobuf
        if isinstance(message, rtc.SignalResponse) and message.HasField("answer"):
            without = _RESTRICTION.sub("", message.answer.sdp)
            message.answer.sdp = _LAYERS.sub(_without_full, without)
        return [signal]


def _without_full(line: re.Match[str]) -> str:
    return line[1] + ";".join(layer for layer in line[2].split(";") if layer != "f")


SABOTAGE = Sabotage(
    name="no-full-layer",
    breaks="the server's answer takes all layers of a camera but the full one",
    kills=frozenset(
        {
            *("LAY-003", "LAY-007", "LAY-009", "LAY-015", "LAY-019", "LAY-021"),
            *("NET-027", "NET-029", "NET-030", "PIC-013"),
        }
    ),
    interceptors=(f"{__name__}:{NoFullLayer.__name__}",),
)
