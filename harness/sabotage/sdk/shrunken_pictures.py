"""A subscriber whose SDK hands on every tenth picture at half its size."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from numpy.lib.stride_tricks import as_strided

from harness.participant.tampered_memory import kept, memory
from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import FfiEvent, Put, Tampering

EVERY = 10
SMALL_PX = 180
"""Lines up to which a picture is left as it is."""


def shrunken_pictures(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.events(Shrunken().tell)


class Shrunken:
    """Counts the pictures of each stream."""

    def __init__(self) -> None:
        self._pictures: Counter[int] = Counter()

    def tell(self, put: Put, event: FfiEvent) -> None:
        """Shrink each tenth picture before it is put."""
        if event.video_stream_event.HasField("frame_received"):
            stream = event.video_stream_event.stream_handle
            self._pictures[stream] += 1
            if self._pictures[stream] % EVERY == 0:
                shrink(event)
        put(event)


def shrink(event: FfiEvent) -> None:
    """Leave out every second line and column of an I420 picture; the library keeps its own."""
    picture = event.video_stream_event.frame_received.buffer.info
    if picture.height <= SMALL_PX:
        return
    across, down = picture.width, picture.height
    picture.width, picture.height = (across + 1) // 2, (down + 1) // 2
    for plane in picture.components:
        pixels = memory(plane.data_ptr, plane.stride * (down - 1) + across)
        whole = as_strided(pixels, (down, across), (plane.stride, 1))
        half = whole[::2, ::2]
        plane.data_ptr, plane.stride, plane.size = kept(half), half.shape[1], half.size
        across, down = picture.width, picture.height  # of the chroma, which has half the luma's


SABOTAGE = Sabotage(
    name="shrunken-pictures",
    breaks="every tenth picture that is received has half its size",
    kills=frozenset({"LAY-005", "LAY-007", "NET-027", "NET-029", "ONS-007", "ONS-008"}),
    tampers=(f"{__name__}:{shrunken_pictures.__name__}",),
)
