"""Clients name their codecs of pictures in the wrong order."""

from __future__ import annotations

import re

from harness.gateway.codec_removal import descriptions_of
from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage

_VIDEO = re.compile(r"(?m)^(m=video \d+ \S+) ([\d ]+)")


class ReversedCodecs:
    """Turns round the payload types of pictures in what clients offer and answer."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        for description in descriptions_of(signal.protobuf):
            description.sdp = _VIDEO.sub(_turned_round, description.sdp)
        return [signal]


def _turned_round(line: re.Match[str]) -> str:
    return " ".join([line[1], *reversed(line[2].split())])


SABOTAGE = Sabotage(
    name="reversed-codecs",
    breaks="clients name their codecs of pictures in the wrong order",
    harmless="each track is sent in the codec that its publisher named when it added it, and the "
    "server's answer has that codec alone",
    interceptors=(f"{__name__}:{ReversedCodecs.__name__}",),
)
