from __future__ import annotations

import math
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.network.impairment import Packet, Waiting
from harness.network.queues.codel import INTERVAL_NS, TARGET_NS, Codel
from harness.network.queues.fifo import Fifo

MS = 1_000_000


@dataclass
class Literal8289:
    """The pseudocode of RFC 8289, section 5, line by line; a packet is (n, size, time)."""

    queue: list[tuple[int, int, int]] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    first_above_time: int = 0
    drop_next: int = 0
    count: int = 0
    lastcount: int = 0
    dropping: bool = False

    def dodequeue(self, now: int) -> tuple[tuple[int, int, int] | None, bool]:
        if not self.queue:
            self.first_above_time = 0
            return None, False
        p, ok_to_drop = self.queue.pop(0), False
        if now - p[2] < 5 * MS or sum(size for _, size, _ in self.queue) <= 1500:
            self.first_above_time = 0
        elif self.first_above_time == 0:
            self.first_above_time = now + 100 * MS
        elif now >= self.first_above_time:
            ok_to_drop = True
        return p, ok_to_drop

    def control_law(self, t: int, count: int) -> int:
        return t + round(100 * MS / math.sqrt(count))

    def drop(self, p: tuple[int, int, int] | None) -> None:
        assert p is not None, "what may be dropped is there"
        self.dropped.append(p[0])

    def dequeue(self, now: int) -> int | None:
        p, ok_to_drop = self.dodequeue(now)
        if self.dropping:
            if not ok_to_drop:
                self.dropping = False
            while now >= self.drop_next and self.dropping:
                self.drop(p)
                self.count += 1
                p, ok_to_drop = self.dodequeue(now)
                if not ok_to_drop:
                    self.dropping = False
                else:
                    self.drop_next = self.control_law(self.drop_next, self.count)
        elif ok_to_drop:
            self.drop(p)
            p, ok_to_drop = self.dodequeue(now)
            self.dropping = True
            delta = self.count - self.lastcount
            self.count = 1
            if delta > 1 and now - self.drop_next < 16 * 100 * MS:
                self.count = delta
            self.drop_next = self.control_law(now, self.count)
            self.lastcount = self.count
        return None if p is None else p[0]


def packet(n: int, size: int = 1000) -> Waiting:
    return Waiting(n, Packet(size), None)


def drops_ms(codel: Codel, times_ms: range) -> list[int]:
    """At which of the times packets are dropped, one entry a packet."""
    return [ms for ms in times_ms for _ in codel.take(ms * MS)[1]]


def full(count: int, *, size: int = 1000) -> Codel:
    codel = Codel(Fifo(room_bytes=1 << 30))
    for n in range(count):
        codel.put(packet(n, size), 0)
    return codel


def test_the_rfcs_constants() -> None:
    assert (TARGET_NS, INTERVAL_NS) == (5 * MS, 100 * MS)


def test_drops_follow_the_control_law() -> None:
    # By hand, a packet each 10 ms. At 10 ms one has waited 10 ms: above target, until 110 ms.
    # 110: the first drop, the next is due at 110 + 100 = 210; that is the second drop.
    # Then 210 + 100/√2 = 280.7, + 100/√3 = 338.4, + 100/√4 = 388.4, + 100/√5 = 433.2,
    # + 100/√6 = 474.0, + 100/√7 = 511.8: each at the next packet after it.
    expected = [110, 210, 290, 340, 390, 440, 480, 520]
    assert drops_ms(full(200), range(0, 530, 10)) == expected


def test_it_is_left_when_waiting_is_short_again_and_taken_up_where_it_was() -> None:
    codel = full(60)
    assert drops_ms(codel, range(0, 400, 10)) == [110, 210, 290, 340, 390]
    for _ in range(60 - 40 - 5):
        codel.pop()
    with pytest.raises(IndexError):
        codel.pop()
    # Five drops, the last counted after the first entry with 1: it goes on with 5 − 1 = 4.
    for n in range(40):
        codel.put(packet(n), 500 * MS)
    # Above target at 510, drop at 610, then 100/√4 = 50 ms later, then 100/√5 = 44.7.
    assert drops_ms(codel, range(500, 720, 10)) == [610, 660, 710]


def test_one_that_waits_alone_is_never_dropped() -> None:
    codel = Codel(Fifo(room_bytes=1 << 30))
    for n in range(200):
        codel.put(packet(n, 1500), n * 10 * MS)
        codel.put(packet(n, 1500), n * 10 * MS)
        assert codel.take((n * 10 + 8) * MS)[1] == []
        assert codel.take((n * 10 + 9) * MS)[1] == []


@pytest.mark.parametrize(("behind", "drops"), [(1500, 0), (1501, 1)])
def test_with_a_packet_behind_it_at_most_none_is_dropped(behind: int, drops: int) -> None:
    codel = Codel(Fifo(room_bytes=1 << 30))
    for n, size in enumerate((100, 100, 1, behind)):
        codel.put(packet(n, size), 0)
    codel.take(10 * MS)
    codel.take(20 * MS)
    assert len(codel.take(200 * MS)[1]) == drops


def test_there_is_an_end_to_it_all_the_same() -> None:
    codel = Codel(Fifo(room_bytes=2000))
    assert [codel.put(packet(n), 0) for n in range(3)] == [True, True, False]
    with pytest.raises(IndexError):
        full(0).take(0)


steps = st.lists(
    st.tuples(
        st.integers(0, 40 * MS), st.integers(0, 6), st.sampled_from([100, 500, 1000]), st.booleans()
    ),
    min_size=30,
    max_size=120,
)


@settings(max_examples=200)
@given(steps)
def test_it_does_what_the_rfcs_pseudocode_does(steps: list[tuple[int, int, int, bool]]) -> None:
    codel, literal = Codel(Fifo(room_bytes=1 << 30)), Literal8289()
    now, n = 10**12, 0
    for gap_ns, arrivals, size, sends in steps:
        now += gap_ns
        for _ in range(arrivals):
            codel.put(packet(n, size), now)
            literal.queue.append((n, size, now))
            n += 1
        if sends and literal.queue:
            before = len(literal.dropped)
            sent, dropped = codel.take(now)
            assert sent.n == literal.dequeue(now)
            assert [one.n for one in dropped] == literal.dropped[before:]
