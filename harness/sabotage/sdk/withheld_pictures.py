"""A subscriber whose SDK hands pictures on late, four at a time, or not at all after an outage."""

from __future__ import annotations

from threading import Timer
from time import monotonic
from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import FfiEvent, Put, Tampering

RECEIVER = "bob"
FAST_S = 0.045
"""Only a track of 30 pictures a second is tampered with: by the mean interval of its first."""
FIRST = 20
LATE_S = 0.2
BUNCH = 4
OUTAGE_S = 0.7
"""Time without a picture that is taken for an outage."""
WITHHELD_S = ((0.0, 1.6), (4.0, 9.8))
"""Since the outage was over, in which nothing is handed on."""


def withheld_pictures(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    if tampering.identity == RECEIVER:
        tampering.events(Withheld().tell)


def bunched_pictures(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    if tampering.identity == RECEIVER:
        tampering.events(Bunched().tell)


class Withheld:
    """What becomes of the frames of one track at one receiver."""

    def __init__(self) -> None:
        self._times_s: list[float] = []
        self._over_s: float | None = None

    def tell(self, put: Put, event: FfiEvent) -> None:
        """See `harness.participant.tampering`."""
        if not event.video_stream_event.HasField("frame_received"):
            put(event)
            return
        after_s = self.after_s(monotonic())
        if after_s is None:
            put(event)
        elif not any(begin <= after_s < end for begin, end in WITHHELD_S):
            timer = Timer(LATE_S, put, [event])
            timer.daemon = True
            timer.start()

    def after_s(self, now_s: float) -> float | None:
        """How long the outage has been over, below 0 before it; None for a slow track."""
        times_s = self._times_s
        if self._over_s is None and times_s and now_s - times_s[-1] > OUTAGE_S:
            self._over_s = now_s
        if len(times_s) < FIRST:
            times_s.append(now_s)
            return None
        if (times_s[FIRST - 1] - times_s[0]) / (FIRST - 1) > FAST_S:
            return None
        times_s[FIRST:] = [now_s]
        return -1.0 if self._over_s is None else now_s - self._over_s


class Bunched(Withheld):
    """Frames of one track that are handed on when there are four."""

    def __init__(self) -> None:
        super().__init__()
        self._bunch: list[FfiEvent] = []

    def tell(self, put: Put, event: FfiEvent) -> None:
        """See `harness.participant.tampering`."""
        frame = event.video_stream_event.HasField("frame_received")
        if not frame or self.after_s(monotonic()) is None:
            put(event)
            return
        self._bunch.append(event)
        if len(self._bunch) == BUNCH:
            for one in self._bunch:
                put(one)
            self._bunch.clear()


SABOTAGES = (
    Sabotage(
        name="withheld-pictures",
        breaks="pictures of a fast camera are handed on 200 ms late, and none for 1.6 s after an "
        "outage and for 6 s when a loss has begun",
        kills=frozenset({"PIC-007", "PIC-009", "PIC-010", "PIC-011", "PIC-012"}),
        tampers=(f"{__name__}:{withheld_pictures.__name__}",),
    ),
    Sabotage(
        name="bunched-pictures",
        breaks="pictures of a fast camera are handed on four at a time",
        kills=frozenset({"PIC-004", "PIC-005", "PIC-006"}),
        tampers=(f"{__name__}:{bunched_pictures.__name__}",),
    ),
)
