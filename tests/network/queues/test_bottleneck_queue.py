from __future__ import annotations

from harness.network.impairment import Packet, Waiting
from harness.network.queues.bottleneck_queue import BottleneckQueue
from harness.network.queues.fifo import Fifo
from harness.network.queues.link import ConstantRate

EIGHT_NS_A_BYTE = 10**9


def queue(room_bytes: int = 100, *, free_ns: int = 0) -> BottleneckQueue:
    link = ConstantRate(rate_bps=EIGHT_NS_A_BYTE)
    return BottleneckQueue(link, Fifo(room_bytes=room_bytes), free_ns=free_ns)


def packet(n: int, size: int = 10) -> Waiting:
    return Waiting(n, Packet(size), None)


def test_packets_come_out_when_the_link_has_sent_them() -> None:
    q = queue()
    assert q.next_ns is None
    assert q.put(packet(0), 5)
    assert q.put(packet(1), 6)
    assert q.next_ns == 85
    assert q.take(84) == []
    assert q.take(85) == [(packet(0), 85)]
    assert q.free_ns == 85
    assert q.next_ns == 165
    assert q.take(1000) == [(packet(1), 165)]
    assert q.next_ns is None


def test_times_are_exact_when_it_is_asked_late() -> None:
    q = queue()
    for n in range(3):
        q.put(packet(n), 0)
    assert q.take(10**6) == [(packet(0), 80), (packet(1), 160), (packet(2), 240)]


def test_the_packet_that_is_being_sent_takes_no_room() -> None:
    q = queue(room_bytes=20)
    assert [q.put(packet(n), 0) for n in range(4)] == [True, True, True, False]


def test_a_link_that_is_still_busy_begins_when_it_is_free() -> None:
    q = queue(free_ns=50)
    q.put(packet(0), 5)
    assert q.next_ns == 50
    assert q.take(50) == []
    assert q.next_ns == 130
    assert q.take(130) == [(packet(0), 130)]


def test_what_was_being_sent_is_given_up_with_what_waits() -> None:
    q = queue()
    for n in range(3):
        q.put(packet(n), 0)
    q.take(80)
    assert q.drain() == [packet(1), packet(2)]
    assert q.next_ns is None
    assert q.free_ns == 80
