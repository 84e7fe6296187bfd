from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.network.engine import Engine
from harness.network.impairment import Packet
from harness.network.impairments import Delay, DelayTrace
from tests.network.impairments.lanes import MS, played, refused


def took_ms(times_ms: list[int], *impairments: Delay | DelayTrace) -> list[float]:
    left = played([(at_ms * MS, Packet(1)) for at_ms in times_ms], *impairments)
    return [one.at_ns / MS - times_ms[one.n] for one in left]


def test_each_value_holds_for_its_time_and_they_come_again() -> None:
    trace = DelayTrace(delays_ms=(5, 10, 20), step_ms=100)
    assert took_ms([0, 99, 100, 200, 299], trace) == [5, 5, 10, 20, 20]
    assert took_ms([305, 400], trace) == [5, 10]


def test_a_smaller_value_lets_no_packet_overtake() -> None:
    assert took_ms([299, 300, 330], DelayTrace(delays_ms=(5, 10, 20), step_ms=100)) == [20, 19, 5]


def test_what_was_delayed_before_gets_here_later() -> None:
    trace = DelayTrace(delays_ms=(5, 10), step_ms=100)
    assert took_ms([60], Delay(delay_ms=50), trace) == [60]


def test_times_count_from_when_it_is_in_force() -> None:
    engine = Engine(seed=1)
    engine.begin("alice", 0)
    engine.set_impairments([DelayTrace(delays_ms=(5, 10), step_ms=100)], 70 * MS)
    lane = engine.lane("alice", "up")
    left = [lane.arrive(Packet(1), None, at_ms * MS).deliveries[0] for at_ms in (70, 169, 170)]
    assert [one.at_ns / MS for one in left] == [75, 174, 180]


@given(st.lists(st.integers(0, 500), min_size=1, max_size=20), st.integers(1, 100))
def test_no_packet_leaves_before_its_value_says(delays: list[int], step_ms: int) -> None:
    times = list(range(0, 1000, 7))
    for at_ms, took in zip(
        times, took_ms(times, DelayTrace(delays_ms=tuple(delays), step_ms=step_ms)), strict=True
    ):
        assert took >= delays[at_ms // step_ms % len(delays)]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ('"delays_ms":[],"step_ms":5', "delays_ms"),
        ('"delays_ms":[-1],"step_ms":5', "delays_ms"),
        ('"delays_ms":[1],"step_ms":0', "step_ms"),
    ],
)
def test_absurd_values_are_refused(fields: str, name: str) -> None:
    refused(f'{{"impairment":"delay_trace",{fields}}}', name)
