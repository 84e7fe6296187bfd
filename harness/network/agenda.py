"""Things and the times at which each is due."""

from __future__ import annotations

import heapq
from typing import Generic, TypeVar

T = TypeVar("T")


class Agenda(Generic[T]):
    """Each thing is due once or not at all; things of the same time come in the order of putting.

    Things are told apart by identity.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, T]] = []
        self._valid: dict[int, int] = {}
        """id of a thing → number of its entry; entries with other numbers are void."""
        self._number = 0

    def put(self, thing: T, due_ns: int | None) -> None:
        """When the thing is due, in place of what was said before; None is never."""
        if due_ns is None:
            self._valid.pop(id(thing), None)
            return
        self._number += 1
        self._valid[id(thing)] = self._number
        heapq.heappush(self._heap, (due_ns, self._number, thing))

    @property
    def next_ns(self) -> int | None:
        """When the first thing is due, or None."""
        heap = self._heap
        while heap:
            due_ns, number, thing = heap[0]
            if self._valid.get(id(thing)) == number:
                return due_ns
            heapq.heappop(heap)
        return None

    def pop(self, now_ns: int) -> tuple[int, T] | None:
        """When the first thing was due and what it is, if that is by now; it is due no more."""
        heap, valid = self._heap, self._valid
        while heap and heap[0][0] <= now_ns:
            due_ns, number, thing = heapq.heappop(heap)
            if valid.get(id(thing)) == number:
                del valid[id(thing)]
                return due_ns, thing
        return None
