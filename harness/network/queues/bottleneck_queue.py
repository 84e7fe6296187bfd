"""A queue before a link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from harness.network.impairment import Waiting
from harness.network.queues.link import Link


class Discipline(Protocol):
    """What waits, in which order it is sent and what is dropped."""

    def put(self, waiting: Waiting, now_ns: int) -> bool:
        """Take a packet in; False when there is no room."""

    def pop(self) -> tuple[Waiting, int]:
        """The oldest packet, and since when it has waited."""

    def take(self, now_ns: int) -> tuple[Waiting, Sequence[Waiting]]:
        """What is to be sent now, and what is dropped before it; something waits."""


class BottleneckQueue:
    """Packets wait by a discipline until the link has sent those before; implements `Queue`.

    A packet comes out when the link has sent the last of it. The one that is being sent waits no
    more: it has no part in the discipline's room.

    Args:
        link: What sends.
        discipline: Empty.
        free_ns: When the link is free.
    """

    __slots__ = ("_discipline", "_link", "_sent", "_waiting", "free_ns", "next_ns")

    def __init__(self, link: Link, discipline: Discipline, *, free_ns: int) -> None:
        self.free_ns = free_ns
        self.next_ns: int | None = None
        """When the packet that is being sent comes out or, if there is none, the link takes one."""
        self._link = link
        self._discipline = discipline
        self._waiting = 0
        """Packets in the discipline."""
        self._sent: Waiting | None = None

    def put(self, waiting: Waiting, now_ns: int) -> bool:
        """Take a packet in; False when there is no room."""
        if not self._discipline.put(waiting, now_ns):
            return False
        self._waiting += 1
        if self.next_ns is None:
            self.next_ns = self._link.ready_ns(max(now_ns, self.free_ns))
            if self.next_ns <= now_ns:
                self._begin(now_ns)
        return True

    def take(self, now_ns: int) -> list[tuple[Waiting, int | None]]:
        """What came out until now, and what was dropped when the link took the next."""
        out: list[tuple[Waiting, int | None]] = []
        while (at_ns := self.next_ns) is not None and at_ns <= now_ns:
            if self._sent is None:
                out += [(dropped, None) for dropped in self._begin(at_ns)]
                continue
            out.append((self._sent, at_ns))
            self._sent, self.free_ns = None, at_ns
            self.next_ns = self._link.ready_ns(at_ns) if self._waiting else None
        return out

    def drain(self) -> list[Waiting]:
        """All that waits, and before it the packet that is being sent: it begins anew elsewhere."""
        left = [] if self._sent is None else [self._sent]
        left += [self._discipline.pop()[0] for _ in range(self._waiting)]
        self._sent, self._waiting, self.next_ns = None, 0, None
        return left

    def _begin(self, begin_ns: int) -> Sequence[Waiting]:
        """Send the next packet; what the discipline drops before it."""
        self._sent, dropped = self._discipline.take(begin_ns)
        self._waiting -= 1 + len(dropped)
        self.next_ns = self._link.finish_ns(begin_ns, self._sent.packet.size)
        return dropped
