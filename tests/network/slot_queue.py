"""A queue for tests."""

from __future__ import annotations

from collections import deque

from harness.network.impairment import Waiting


class Slot:
    """Room for two packets; one comes out each 10 ns, every one with an odd number is dropped."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[int, Waiting]] = deque()
        self.free_ns = 0

    def put(self, waiting: Waiting, now_ns: int) -> bool:
        if len(self.waiting) == 2:
            return False
        self.free_ns = max(self.free_ns, now_ns) + 10
        self.waiting.append((self.free_ns, waiting))
        return True

    @property
    def next_ns(self) -> int | None:
        return self.waiting[0][0] if self.waiting else None

    def take(self, now_ns: int) -> list[tuple[Waiting, int | None]]:
        out: list[tuple[Waiting, int | None]] = []
        while self.waiting and self.waiting[0][0] <= now_ns:
            at_ns, waiting = self.waiting.popleft()
            out.append((waiting, None if waiting.n % 2 else at_ns))
        return out

    def drain(self) -> list[Waiting]:
        left = [waiting for _, waiting in self.waiting]
        self.waiting.clear()
        return left
