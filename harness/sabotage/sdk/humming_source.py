"""A source that nobody has fed yet is not silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.frames import sound_in
from harness.sabotage.sdk.messages import in_probe

if TYPE_CHECKING:
    from harness.participant.tampering import (
        FfiEvent,
        FfiRequest,
        FfiResponse,
        Put,
        Send,
        Tampering,
    )

HUM = 1
"""Value of each sample that should be 0."""


def humming_source(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    if in_probe(tampering):
        humming = _Humming()
        tampering.requests(humming.ask)
        tampering.events(humming.tell)


class _Humming:
    def __init__(self) -> None:
        self._fed = False

    def ask(self, send: Send, request: FfiRequest) -> FfiResponse:
        self._fed = self._fed or request.WhichOneof("message") == "capture_audio_frame"
        return send(request)

    def tell(self, put: Put, event: FfiEvent) -> None:
        samples = sound_in(event)
        if samples is not None and not self._fed:
            samples[:] = HUM
        put(event)


SABOTAGE = Sabotage(
    name="humming-source",
    breaks="a source hums until it is given a first frame",
    kills=frozenset({"AUD-010", "AUD-019"}),
    tampers=(f"{__name__}:{humming_source.__name__}",),
)
