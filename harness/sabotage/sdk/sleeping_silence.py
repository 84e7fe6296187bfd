"""Sources that go to sleep for a while as long as they were given nothing but silence."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from harness.participant.tampering import not_sent
from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.messages import sound_of

if TYPE_CHECKING:
    from harness.participant.tampering import FfiRequest, FfiResponse, Send, Tampering

AWAKE, ASLEEP = 150, 170
"""Frames of 10 ms."""


def sleeping_silence(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.requests(_Sleeping().ask)


class _Sleeping:
    def __init__(self) -> None:
        self._silent: Counter[int] = Counter()
        self._loud: set[int] = set()

    def ask(self, send: Send, request: FfiRequest) -> FfiResponse:
        if request.WhichOneof("message") == "capture_audio_frame" and self._asleep(request):
            return not_sent()
        return send(request)

    def _asleep(self, request: FfiRequest) -> bool:
        source = request.capture_audio_frame.source_handle
        if source in self._loud:
            return False
        if sound_of(request).any():
            self._loud.add(source)
            return False
        self._silent[source] += 1
        return self._silent[source] % (AWAKE + ASLEEP) >= AWAKE


SABOTAGE = Sabotage(
    name="sleeping-silence",
    breaks="a source that was given nothing but silence takes none for 1.7 s of each 3.2 s",
    kills=frozenset({"DTX-003", "DTX-005"}),
    tampers=(f"{__name__}:{sleeping_silence.__name__}",),
)
