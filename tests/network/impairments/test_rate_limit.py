from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.network.engine import Engine
from harness.network.impairment import Packet
from harness.network.impairments import RateLimit
from harness.network.lane import Released
from tests.network.impairments.lanes import MS, played, refused

gaps = st.lists(st.tuples(st.integers(0, 30 * MS), st.integers(1, 1500)), max_size=80)


def arrivals(gaps: list[tuple[int, int]]) -> list[tuple[int, Packet]]:
    at_ns, made = 0, []
    for gap_ns, size in gaps:
        at_ns += gap_ns
        made.append((at_ns, Packet(size)))
    return made


@settings(max_examples=200)
@given(gaps, st.sampled_from([64, 750, 10_000.5]), st.sampled_from([0, 20, 300]))
def test_no_window_of_the_output_holds_more_than_the_rate(
    gaps: list[tuple[int, int]], rate_kbps: float, queue_ms: int
) -> None:
    sent = arrivals(gaps)
    out = played(sent, RateLimit(rate_kbps=rate_kbps, queue_ms=queue_ms))
    passed = [(one.at_ns, sent[one.n][1].size) for one in out if one.deliveries]
    for first in range(len(passed)):
        size = 0
        for at_ns, bytes_of_packet in passed[first + 1 :]:
            # Packet `first` was out when the window began: all these were sent within it.
            size += bytes_of_packet
            assert size * 8 * 10**6 <= rate_kbps * (at_ns - passed[first][0])


@settings(max_examples=200)
@given(gaps, st.sampled_from([64, 750]), st.sampled_from([0, 20, 300]))
def test_packets_keep_their_order_and_wait_no_longer_than_the_queue_is(
    gaps: list[tuple[int, int]], rate_kbps: float, queue_ms: int
) -> None:
    sent = arrivals(gaps)
    passed = [
        one
        for one in played(sent, RateLimit(rate_kbps=rate_kbps, queue_ms=queue_ms))
        if one.deliveries
    ]
    assert [one.n for one in passed] == sorted(one.n for one in passed)
    one_packet_ns = 1500 * 8 * MS / rate_kbps
    for one in passed:
        took_ns = one.at_ns - sent[one.n][0]
        own_ns = sent[one.n][1].size * 8 * MS / rate_kbps
        # Before it: what is being sent, what waits (a queue has room for one packet at least).
        assert own_ns <= took_ns <= own_ns + one_packet_ns + max(queue_ms * MS, one_packet_ns) + 99


def test_a_busy_link_delivers_its_rate() -> None:
    sent = [(n * MS, Packet(1200)) for n in range(5000)]
    out = [one.at_ns for one in played(sent, RateLimit(rate_kbps=750)) if one.deliveries]
    for second in range(1, 5):
        bits = (
            1200 * 8 * sum(second * 1000 * MS <= at_ns < (second + 1) * 1000 * MS for at_ns in out)
        )
        assert abs(bits - 750_000) <= 1200 * 8


def test_a_new_rate_takes_over_what_waits() -> None:
    engine = Engine(seed=1)
    engine.begin("alice", 0)
    engine.set_impairments([RateLimit(rate_kbps=96)], 0)
    lane = engine.lane("alice", "up")
    for n in range(3):
        lane.arrive(Packet(1200), n, 0)
    engine.due(150 * MS)
    engine.set_impairments([RateLimit(rate_kbps=960)], 150 * MS)
    left = [(one.token, one.at_ns) for one in engine.due(10**12) if isinstance(one, Released)]
    assert left == [(1, 160 * MS), (2, 170 * MS)]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ('"rate_kbps":0', "rate_kbps"),
        ('"rate_kbps":-5', "rate_kbps"),
        ('"rate_kbps":5,"queue_ms":-1', "queue_ms"),
        ('"rate_kbps":5,"queue_bytes":-1', "queue_bytes"),
        ('"rate_kbps":5,"queue_bytes":1,"queue_ms":1', "queue_ms"),
        ('"rate_kbps":5,"aqm":"red"', "aqm"),
        ('"queue_ms":5', "rate_kbps"),
    ],
)
def test_absurd_values_are_refused(fields: str, name: str) -> None:
    refused(f'{{"impairment":"rate_limit",{fields}}}', name)
