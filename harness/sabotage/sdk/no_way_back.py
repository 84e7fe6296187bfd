"""An SDK that does not find its way back when the network is back."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.frames import picture_in, sound_in, spoil

if TYPE_CHECKING:
    from harness.participant.tampering import FfiEvent, Put, Tampering

RECEIVER = "bob"
OUTAGE_S = 0.4
"""Without sound and without pictures, where there were both: nobody mutes both at once. A sound is
carried on for the first 0.3 s of an outage."""
SILENT = 32
"""Peak up to which a frame of sound is silence: 60 dB below full scale."""


def gives_up(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.events(GivesUp().tell)


def stands_still(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    if tampering.identity == RECEIVER:
        tampering.events(StandsStill().tell)


class GivesUp:
    """Says after an outage that it reconnects, and gives nothing more until it really did."""

    def __init__(self) -> None:
        self._room = 0
        self._given_s: dict[str, float] = {}
        """When the last sound and the last picture came."""
        self._lost = False

    def tell(self, put: Put, event: FfiEvent) -> None:
        """See `harness.participant.tampering`."""
        if event.HasField("room_event"):
            self._room = event.room_event.room_handle
            if event.room_event.HasField("reconnected"):
                self._lost = False
                self._given_s.clear()
        elif event.WhichOneof("message") in ("audio_stream_event", "video_stream_event"):
            self._frame(put, event)
        put(event)

    def _frame(self, put: Put, event: FfiEvent) -> None:
        """Spoil it if there was an outage, and if it shows that there was one."""
        now_s = monotonic()
        if not self._lost and self._is_outage(now_s):
            self._lost = True
            news = type(event)()
            news.room_event.room_handle = self._room
            news.room_event.reconnecting.SetInParent()
            put(news)
        if self._lost:
            spoil(event)
        elif (sound := sound_in(event)) is not None:
            if np.abs(sound.astype(np.int32)).max(initial=0) > SILENT:
                self._given_s["sound"] = now_s
        elif picture_in(event) is not None:
            self._given_s["picture"] = now_s

    def _is_outage(self, now_s: float) -> bool:
        return len(self._given_s) == 2 and now_s - max(self._given_s.values()) > OUTAGE_S


class StandsStill:
    """Says nothing of a lost connection; from then on it is silent, and counts nothing more."""

    def __init__(self) -> None:
        self._lost = False
        self._counted: FfiEvent | None = None
        """The last statistics from before."""

    def tell(self, put: Put, event: FfiEvent) -> None:
        """See `harness.participant.tampering`."""
        news = event.room_event
        if news.HasField("reconnecting") or news.HasField("reconnected"):
            self._lost = True
            return
        if event.HasField("get_session_stats"):
            self._count(event)
        if self._lost:
            spoil(event)
        put(event)

    def _count(self, event: FfiEvent) -> None:
        if not self._lost:
            self._counted = event
        elif self._counted is not None:
            event.get_session_stats.result.CopyFrom(self._counted.get_session_stats.result)


SABOTAGES = (
    Sabotage(
        name="gives-up",
        breaks="after an outage of 0.4 s an SDK says that it reconnects, and gives silence and "
        "black pictures",
        kills=frozenset(
            {
                *("NET-007", "NET-008", "NET-009", "NET-010", "NET-011"),
                *("NET-015", "NET-016", "NET-017"),
                *(f"REC-{number:03}" for number in range(1, 12)),
            }
        ),
        tampers=(f"{__name__}:{gives_up.__name__}",),
    ),
    Sabotage(
        name="stands-still",
        breaks="a subscriber's SDK says nothing of a lost connection; from then on it gives "
        "silence, black pictures and old statistics",
        kills=frozenset(
            {
                *("NET-012", "NET-013", "NET-014", "NET-018", "NET-019", "NET-020"),
                *("NET-021", "NET-031", "NET-032"),
            }
        ),
        tampers=(f"{__name__}:{stands_still.__name__}",),
    ),
)
