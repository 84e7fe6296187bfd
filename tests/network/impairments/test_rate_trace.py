from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.network.impairment import Packet
from harness.network.impairments import RateTrace
from tests.network.impairments.lanes import MS, Left, played, refused

traces = st.lists(st.integers(0, 60), min_size=1, max_size=12).map(
    lambda times: RateTrace(opportunities_ms=tuple(sorted(times)), period_ms=max(*times, 1) + 3)
)
gaps = st.lists(st.tuples(st.integers(0, 30 * MS), st.integers(1, 1500)), max_size=60)


def opportunities_ns(trace: RateTrace, until_ns: int) -> list[int]:
    period_ms = trace.period_ms or trace.opportunities_ms[-1]
    return [
        (at_ms + cycle * period_ms) * MS
        for cycle in range(until_ns // (period_ms * MS) + 1)
        for at_ms in trace.opportunities_ms
    ]


@settings(max_examples=100)
@given(traces, gaps)
def test_no_window_of_the_output_holds_more_than_its_opportunities(
    trace: RateTrace, gaps: list[tuple[int, int]]
) -> None:
    at_ns, sent = 0, []
    for gap_ns, size in gaps:
        at_ns += gap_ns
        sent.append((at_ns, Packet(size)))
    passed = [one for one in played(sent, trace) if one.deliveries]
    assert [one.n for one in passed] == sorted(one.n for one in passed)
    assert all(one.at_ns > sent[one.n][0] for one in passed)
    times = opportunities_ns(trace, passed[-1].at_ns if passed else 0)
    assert {one.at_ns for one in passed} <= set(times)
    for first, one in enumerate(passed):
        size = 0
        for last in passed[first:]:
            size += sent[last.n][1].size
            open_ns = sum(one.at_ns <= at <= last.at_ns for at in times)
            # A packet may have begun to leave before the window: one packet more.
            assert size <= open_ns * 1500 + sent[one.n][1].size


def test_a_full_queue_delivers_what_the_trace_lets_through() -> None:
    trace = RateTrace(opportunities_ms=(3, 4, 4, 30), queue_bytes=10**6)
    left = played([(0, Packet(1500))] * 9, trace)
    assert [one.at_ns // MS for one in left] == [3, 4, 4, 30, 33, 34, 34, 60, 63]


def test_its_queue_is_meant_at_the_mean_rate() -> None:
    # 4 × 1500 bytes in 40 ms: 1.2 Mbit/s; 20 ms of that are two packets.
    trace = RateTrace(opportunities_ms=(3, 4, 4, 30), period_ms=40, queue_ms=20)
    left: list[Left] = played([(0, Packet(1500))] * 5, trace)
    assert [one.n for one in left if one.deliveries] == [0, 1]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ('"opportunities_ms":[]', "opportunities_ms"),
        ('"opportunities_ms":[-1]', "opportunities_ms"),
        ('"opportunities_ms":[5,4]', "opportunities_ms"),
        ('"opportunities_ms":[0]', "period_ms"),
        ('"opportunities_ms":[5],"period_ms":4', "period_ms"),
        ('"opportunities_ms":[5],"queue_ms":4,"queue_bytes":4', "queue_ms"),
        ('"opportunities_ms":[5,100],"period_ms":50', "period_ms"),
    ],
)
def test_absurd_values_are_refused(fields: str, name: str) -> None:
    refused(f'{{"impairment":"rate_trace",{fields}}}', name)
