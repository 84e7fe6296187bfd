"""Packets that wait in the order in which they came; who finds no room is dropped."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from harness.network.impairment import Waiting

MOST_PACKETS = 10_000
"""More than this wait in no queue, however many bytes it has room for."""


class Fifo:
    """First in, first out, with tail drop.

    Args:
        room_bytes: What may wait. There is always room for one packet, so that a queue that is
            shorter than a packet still passes some.
    """

    __slots__ = ("_packets", "_room_bytes", "size_bytes")

    def __init__(self, *, room_bytes: int) -> None:
        self._room_bytes = room_bytes
        self._packets: deque[tuple[Waiting, int]] = deque()
        self.size_bytes = 0
        """Bytes that wait."""

    def put(self, waiting: Waiting, now_ns: int) -> bool:
        """Take a packet in; False when there is no room."""
        size_bytes = self.size_bytes + waiting.packet.size
        waiting_packets = len(self._packets)
        if waiting_packets and (size_bytes > self._room_bytes or waiting_packets >= MOST_PACKETS):
            return False
        self.size_bytes = size_bytes
        self._packets.append((waiting, now_ns))
        return True

    def pop(self) -> tuple[Waiting, int]:
        """The oldest packet, and since when it has waited.

        Raises: IndexError when none waits.
        """
        oldest = self._packets.popleft()
        self.size_bytes -= oldest[0].packet.size
        return oldest

    def take(self, now_ns: int) -> tuple[Waiting, Sequence[Waiting]]:
        """What is to be sent now, and what is dropped instead: nothing.

        Raises: IndexError when nothing waits.
        """
        return self.pop()[0], ()
