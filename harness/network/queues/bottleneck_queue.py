"""A queue before a link."""

from __future__ import annotations

from typing import Protocol

from harness.network.impairment import Waiting
from harness.network.queues.link import Link


class Discipline(Protocol):
    """What waits, in which order it is sent and what is dropped."""

    def __len__(self) -> int: ...

    def put(self, waiting: Waiting, now_ns: int) -> bool:
        """Take a packet in; False when there is no room."""

    def pop(self) -> tuple[Waiting, int]:
        """The oldest packet, and since when it has waited."""

    def take(self, now_ns: int) -> tuple[Waiting, list[Waiting]]:
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

    __slots__ = ("_begin_ns", "_discipline", "_finish_ns", "_link", "_sent", "free_ns")

    def __init__(self, link: Link, discipline: Discipline, *, free_ns: int) -> None:
        self.free_ns = free_ns
        self._link = link
        self._discipline = discipline
        self._sent: Waiting | None = None
        self._finish_ns = 0
        """When the packet that is being sent comes out."""
        self._begin_ns = 0
        """When the link takes the next packet, while it sends none and one waits."""

    def put(self, waiting: Waiting, now_ns: int) -> bool:
        """Take a packet in; False when there is no room."""
        idle = self._sent is None and not len(self._discipline)
        if not self._discipline.put(waiting, now_ns):
            return False
        if idle:
            self._begin_ns = self._link.ready_ns(max(now_ns, self.free_ns))
            if self._begin_ns <= now_ns:
                self._begin()
        return True

    @property
    def next_ns(self) -> int | None:
        """When a packet comes out or the link takes one."""
        if self._sent is not None:
            return self._finish_ns
        return self._begin_ns if len(self._discipline) else None

    def take(self, now_ns: int) -> list[tuple[Waiting, int | None]]:
        """What came out until now, and what was dropped when the link took the next."""
        out: list[tuple[Waiting, int | None]] = []
        while True:
            if self._sent is not None:
                if self._finish_ns > now_ns:
                    break
                out.append((self._sent, self._finish_ns))
                self._sent, self.free_ns = None, self._finish_ns
                if len(self._discipline):
                    self._begin_ns = self._link.ready_ns(self.free_ns)
            elif len(self._discipline) and self._begin_ns <= now_ns:
                out += [(dropped, None) for dropped in self._begin()]
            else:
                break
        return out

    def drain(self) -> list[Waiting]:
        """All that waits, and before it the packet that is being sent: it begins anew elsewhere."""
        left = [] if self._sent is None else [self._sent]
        self._sent = None
        while len(self._discipline):
            left.append(self._discipline.pop()[0])
        return left

    def _begin(self) -> list[Waiting]:
        self._sent, dropped = self._discipline.take(self._begin_ns)
        self._finish_ns = self._link.finish_ns(self._begin_ns, self._sent.packet.size)
        return dropped
