"""Which picture it is, where a stream that was encoded once is sent round and round.

A loop has a few hundred pictures. Each shows its place in the loop, marked by a bit that counters
of other pictures reach after three days; the number of the hand-over travels beside it, in the
frame's metadata, together with the place. So a picture has the number that came with it if the
place that came with it is the one that is seen, and else none: a number that belongs to another
picture is noticed, unless it is a whole loop away.
"""

from __future__ import annotations

import struct

from harness.signals.code_bits import COUNTER_MODULUS

LOOP_MARK = COUNTER_MODULUS >> 1
"""In the counter of a picture: the rest is its place in a loop."""
_PLACE = struct.Struct("<I")


def marked(place: int) -> int:
    """The counter that the picture at a place of a loop shows."""
    return LOOP_MARK | place


def place_bytes(place: int) -> bytes:
    """A place, as the frame's metadata has it in `user_data`."""
    return _PLACE.pack(place)


def number_of(counter: int, *, frame_id: int, user_data: bytes) -> int:
    """The number of the picture that shows `counter`, given the metadata that came with it.

    A counter that has no mark is the number. One that has and was given no number, or that of
    another place, stays as it is: no hand-over has such a number.
    """
    if counter & LOOP_MARK and frame_id and user_data == _PLACE.pack(counter & ~LOOP_MARK):
        return frame_id
    return counter
