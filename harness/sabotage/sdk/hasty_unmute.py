"""An SDK that takes an unmute soon after a mute for a mistake, and forgets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.evidence.clock import NS_PER_MS, now_ns
from harness.participant.tampering import not_sent
from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import FfiRequest, FfiResponse, Send, Tampering

HASTY_MS = 200


def hasty_unmute(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.requests(Hasty().request)


class Hasty:
    """Remembers when each track was muted last."""

    def __init__(self) -> None:
        self._muted_ns: dict[int, int] = {}

    def request(self, send: Send, request: FfiRequest) -> FfiResponse:
        """Send all but an unmute that comes too soon."""
        if request.WhichOneof("message") != "local_track_mute":
            return send(request)
        change = request.local_track_mute
        if change.mute:
            self._muted_ns[change.track_handle] = now_ns()
        elif now_ns() - self._muted_ns.get(change.track_handle, 0) < HASTY_MS * NS_PER_MS:
            return not_sent()
        return send(request)


SABOTAGE = Sabotage(
    name="hasty-unmute",
    breaks="an unmute less than 200 ms after a mute is forgotten",
    kills=frozenset({"MUTE-047", "MUTE-048", "MUTE-049"}),
    tampers=(f"{__name__}:{hasty_unmute.__name__}",),
)
