"""A `get_stats` that is wrong: it counts twice, leaves something out, or goes on where it was."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import Tampering

VIDEO = 2
"""`TrackKind.KIND_VIDEO` of the SDK."""

Entries = Sequence[Any]
GetStats = Callable[[Any], Coroutine[Any, Any, Entries]]


def wrong_statistics(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.replace("Track.get_stats", _of_pictures)


def continued_statistics(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.replace("Track.get_stats", Continued().get_stats)


def _of_pictures(there: GetStats) -> GetStats:
    async def get_stats(track: Any) -> Entries:  # noqa: ANN401 - a track of the SDK
        entries = await there(track)
        return _twice_without_codec(entries) if track.kind == VIDEO else entries

    return get_stats


def _twice_without_codec(entries: Entries) -> Entries:
    for entry in entries:
        if entry.WhichOneof("stats") == "outbound_rtp":
            entry.outbound_rtp.sent.packets_sent *= 2
            entry.outbound_rtp.sent.bytes_sent *= 2
        elif entry.WhichOneof("stats") == "inbound_rtp":
            entry.inbound_rtp.received.packets_received *= 2
            entry.inbound_rtp.inbound.bytes_received *= 2
    return [entry for entry in entries if entry.WhichOneof("stats") != "codec"]


class Continued:
    """Of a sound, remembers what was sent when it was asked first, and under which SSRC."""

    def __init__(self) -> None:
        self._first: WeakKeyDictionary[Any, tuple[int, int]] = WeakKeyDictionary()

    def get_stats(self, there: GetStats) -> GetStats:
        """What takes the place of the SDK's: what is sent later is added to that."""

        async def get_stats(track: Any) -> Entries:  # noqa: ANN401 - a track of the SDK
            entries = await there(track)
            for entry in entries if track.kind != VIDEO else ():
                if entry.WhichOneof("stats") == "outbound_rtp":
                    self._add(track, entry.outbound_rtp)
            return entries

        return get_stats

    def _add(self, track: object, outbound: Any) -> None:  # noqa: ANN401 - of the SDK's messages
        now = (outbound.stream.ssrc, outbound.sent.packets_sent)
        ssrc, packets = self._first.setdefault(track, now)
        if outbound.stream.ssrc != ssrc:
            outbound.stream.ssrc = ssrc
            outbound.sent.packets_sent += packets


SABOTAGES = (
    Sabotage(
        name="wrong-statistics",
        breaks="`get_stats` of pictures counts packets and bytes twice and names no codec",
        kills=frozenset({"LIFE-003", "LIFE-005", "LIFE-006", "LIFE-007", "LIFE-008"}),
        tampers=(f"{__name__}:{wrong_statistics.__name__}",),
    ),
    Sabotage(
        name="continued-statistics",
        breaks="`get_stats` of a sound that is published again goes on under the SSRC and from the "
        "count that it had",
        kills=frozenset({"LIFE-013", "LIFE-014", "LIFE-019"}),
        tampers=(f"{__name__}:{continued_statistics.__name__}",),
    ),
)
