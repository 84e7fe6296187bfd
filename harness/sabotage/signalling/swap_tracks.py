"""A subscriber is told that the tracks of two publishers are each other's.

The names by which a session description binds packets to tracks are exchanged on the way to the
subscriber: its SDK hands the application the right publication with the wrong media.
"""

from __future__ import annotations

import re

from livekit.protocol import rtc

from harness.gateway.interceptors import Signal
from harness.gateway.sdp import sections
from harness.sabotage.sabotage import Sabotage

_STREAM = re.compile(r"(PA_\w+)\|(TR_\w+)")


class SwapTracks:
    """Exchanges the first two tracks of different publishers, for each participant and medium."""

    def __init__(self) -> None:
        self._swaps: dict[tuple[str, str], dict[str, str]] = {}

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        if signal.direction == "server" and signal.kind in ("offer", "answer"):
            description: rtc.SessionDescription = getattr(signal.protobuf, signal.kind)
            self._swap(description, self._names(signal.participant, description.sdp))
        return [signal]

    def _names(self, participant: str, sdp: str) -> dict[str, str]:
        """What to exchange for a participant: the same from the first time on."""
        names: dict[str, str] = {}
        for medium in ("audio", "video"):
            known = self._swaps.setdefault((participant, medium), {})
            known.update({} if known else _first_pair(sdp, medium))
            names |= known
        return names

    def _swap(self, description: rtc.SessionDescription, swap: dict[str, str]) -> None:
        if not swap:
            return
        names = re.compile("|".join(re.escape(name) for name in sorted(swap, key=len)[::-1]))
        description.sdp = names.sub(lambda found: swap[found[0]], description.sdp)
        # a copy: a protobuf map that is written while it is walked repeats and skips entries
        for mid, track in list(description.mid_to_track_id.items()):
            description.mid_to_track_id[mid] = swap.get(track, track)


def _first_pair(sdp: str, medium: str) -> dict[str, str]:
    """Names of a medium to exchange: `PA_x|TR_a` with `PA_y|TR_b`, and `TR_a` with `TR_b`."""
    first: tuple[str, str] | None = None
    for section in sections(sdp):
        found = _STREAM.search("\n".join([*section.values("msid"), *section.values("ssrc")]))
        if section.medium != medium or found is None:
            continue
        publisher, track = found.groups()
        if first is None:
            first = (publisher, track)
        elif publisher != first[0]:
            one, other = "|".join(first), found[0]
            return {one: other, other: one, first[1]: track, track: first[1]}
    return {}


SABOTAGE = Sabotage(
    name="swap-tracks",
    breaks="a subscriber's tracks of two publishers are exchanged",
    kills=frozenset({"PUB-009", "PUB-010"}),
    interceptors=(f"{__name__}:{SwapTracks.__name__}",),
)
