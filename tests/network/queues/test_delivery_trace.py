from __future__ import annotations

from bisect import bisect_left

from hypothesis import given
from hypothesis import strategies as st

from harness.network.queues.delivery_trace import OPPORTUNITY_BYTES, TraceLink


def link(*times: int, period: int = 100, since: int = 0) -> TraceLink:
    return TraceLink(times, period_ns=period, since_ns=since)


def test_an_opportunity_is_that_of_mahimahi() -> None:
    assert OPPORTUNITY_BYTES == 1500


def test_a_packet_leaves_with_the_next_opportunity_after_it_came() -> None:
    begins = [link(10, 50).ready_ns(now) for now in (0, 9, 10, 49, 50, 109)]
    assert begins == [10, 10, 50, 50, 110, 110]


def test_opportunities_count_from_when_the_link_began() -> None:
    begins = [link(10, 50, since=30).ready_ns(now) for now in (30, 39, 40, 79, 80, 139, 140)]
    assert begins == [40, 40, 80, 80, 140, 140, 180]


def test_a_packet_that_does_not_fit_goes_on_with_the_next() -> None:
    one = link(10, 50)
    assert one.finish_ns(one.ready_ns(0), OPPORTUNITY_BYTES + 1) == 50
    assert one.ready_ns(50) == 50
    assert one.finish_ns(50, OPPORTUNITY_BYTES - 1) == 50
    assert one.ready_ns(50) == 110


def test_small_packets_that_wait_share_an_opportunity() -> None:
    one = link(10, 50)
    assert one.finish_ns(one.ready_ns(0), 500) == 10
    assert one.finish_ns(one.ready_ns(10), 1000) == 10
    assert one.ready_ns(10) == 50


def test_what_is_left_of_an_opportunity_is_lost_to_who_comes_later() -> None:
    one = link(10, 50)
    assert one.finish_ns(one.ready_ns(0), 500) == 10
    assert one.ready_ns(11) == 50
    assert one.finish_ns(50, OPPORTUNITY_BYTES) == 50


def test_times_that_come_twice_and_periods_that_meet() -> None:
    one = link(0, 100, 100, since=7)
    begin, times = one.ready_ns(7), []
    for _ in range(5):
        times.append(one.finish_ns(begin, OPPORTUNITY_BYTES))
        begin = one.ready_ns(times[-1])
    assert times == [107, 107, 107, 207, 207]


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=8),
    st.integers(1, 20),
    st.lists(st.integers(1, 4000), min_size=1, max_size=40),
)
def test_a_busy_link_uses_every_byte_of_its_opportunities(
    times: list[int], more: int, sizes: list[int]
) -> None:
    period = max(times) + more
    one = TraceLink(sorted(times), period_ns=period, since_ns=0)
    expected = sorted(at + cycle * period for at in times for cycle in range(200))
    first, sent, now = bisect_left(expected, 1), 0, 0
    for size in sizes:
        now = one.finish_ns(one.ready_ns(now), size)
        sent += size
        assert now == expected[first + (sent - 1) // OPPORTUNITY_BYTES]
