from __future__ import annotations

import pytest

from harness.network.impairment import Packet, Waiting
from harness.network.queues import reorder_queue as module
from harness.network.queues.reorder_queue import ReorderQueue


def packet(n: int) -> Waiting:
    return Waiting(n, Packet(1), None)


def queue(*chosen: int, distance: int = 2, most_ns: int = 100) -> ReorderQueue:
    return ReorderQueue(lambda n: n in chosen, distance_packets=distance, most_ns=most_ns)


def played(q: ReorderQueue, count: int) -> list[tuple[int, int | None]]:
    """Numbers and times of what comes out; packet n comes at n."""
    out: list[tuple[int, int | None]] = []
    for n in range(count):
        out += [(waiting.n, at_ns) for waiting, at_ns in q.take(n)]
        assert q.put(packet(n), n)
        assert q.next_ns is not None
    return out + [(waiting.n, at_ns) for waiting, at_ns in q.take(10**6)]


def test_a_packet_comes_after_those_that_overtake_it() -> None:
    assert played(queue(1), 5) == [(0, 0), (2, 2), (3, 3), (1, 3), (4, 4)]


def test_packets_that_are_held_back_do_not_overtake() -> None:
    assert [n for n, _ in played(queue(1, 2, distance=1), 5)] == [0, 3, 1, 2, 4]


def test_it_waits_no_longer_than_that() -> None:
    q = queue(0, most_ns=10)
    q.put(packet(0), 5)
    assert q.next_ns == 15
    assert q.take(14) == []
    assert q.take(99) == [(packet(0), 15)]
    assert q.next_ns is None


def test_so_many_are_held_back_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_HELD", 1)
    assert [n for n, _ in played(queue(0, 1, distance=9), 3)] == [1, 2, 0]


def test_all_of_it_is_given_up() -> None:
    q = queue(0, 1)
    for n in range(3):
        q.put(packet(n), 0)
    assert [waiting.n for waiting in q.drain()] == [2, 0, 1]
    assert q.next_ns is None
