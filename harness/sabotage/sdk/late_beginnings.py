"""Receive streams that begin late: 1.7 s of a sound are silent, 3.7 s of pictures are withheld."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.frames import sound_in
from harness.sabotage.sdk.messages import in_probe

if TYPE_CHECKING:
    from harness.participant.tampering import FfiEvent, Put, Tampering

SILENT_S, WITHHELD_S = 1.7, 3.7
"""From the first frame of a stream on."""


def late_beginnings(tampering: Tampering) -> None:
    """See `harness.participant.tampering`. What only makes bare calls is left alone."""
    if not in_probe(tampering):
        tampering.events(Beginnings().tell)


class Beginnings:
    """Knows when each stream began."""

    def __init__(self) -> None:
        self._since_s: dict[int, float] = {}

    def tell(self, put: Put, event: FfiEvent) -> None:
        """Put all but the first pictures of a stream; the first frames of a sound are silent."""
        sound, pictures = event.audio_stream_event, event.video_stream_event
        samples = sound_in(event)
        if samples is not None and self._age_s(sound.stream_handle) < SILENT_S:
            samples[:] = 0
        if pictures.HasField("frame_received") and self._age_s(pictures.stream_handle) < WITHHELD_S:
            return
        put(event)

    def _age_s(self, stream: int) -> float:
        now_s = monotonic()
        return now_s - self._since_s.setdefault(stream, now_s)


SABOTAGE = Sabotage(
    name="late-beginnings",
    breaks="receive streams begin late, sound by 1.7 s and pictures by 3.7 s",
    kills=frozenset(
        {
            *("ONS-001", "ONS-002", "ONS-003", "ONS-004", "ONS-005", "ONS-006"),
            *("SUB-001", "SUB-005"),
        }
    ),
    tampers=(f"{__name__}:{late_beginnings.__name__}",),
)
