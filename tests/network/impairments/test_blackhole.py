from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.network.impairment import Packet
from harness.network.impairments import Blackhole
from tests.network.impairments.lanes import MS, course, refused


def times_ms(blackhole: Blackhole, until_ms: int, *, since_ms: int = 0) -> list[int]:
    """Whole ms, from 0 to until, at which packets are dropped."""
    dropped = blackhole.plan(course(since_ns=since_ms * MS))
    return [ms for ms in range(until_ms) if dropped(ms, Packet(1), ms * MS)]


def test_by_default_nothing_passes_any_more() -> None:
    assert times_ms(Blackhole(), 5) == [0, 1, 2, 3, 4]
    assert times_ms(Blackhole(from_ms=3), 5) == [3, 4]


def test_times_count_from_when_it_is_in_force() -> None:
    assert times_ms(Blackhole(from_ms=2, for_ms=2), 20, since_ms=10) == [12, 13]


def test_that_of_the_quic_interop_runner_is_five_seconds_on_and_two_off() -> None:
    blackhole = Blackhole(from_ms=5000, for_ms=2000, every_ms=7000)
    assert times_ms(blackhole, 15_000) == [*range(5000, 7000), *range(12_000, 14_000)]


@given(st.integers(0, 20), st.integers(1, 20), st.integers(1, 20), st.integers(0, 100))
def test_it_comes_again_each_period(from_ms: int, for_ms: int, open_ms: int, since_ms: int) -> None:
    period = for_ms + open_ms
    blackhole = Blackhole(from_ms=from_ms, for_ms=for_ms, every_ms=period)
    begin = since_ms + from_ms
    expected = [ms for ms in range(300) if ms >= begin and (ms - begin) % period < for_ms]
    assert times_ms(blackhole, 300, since_ms=since_ms) == expected


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ('"from_ms":-1', "from_ms"),
        ('"from_ms":1e300', "from_ms"),
        ('"for_ms":0', "for_ms"),
        ('"every_ms":5', "for_ms"),
        ('"for_ms":5,"every_ms":5', "every_ms"),
    ],
)
def test_absurd_values_are_refused(fields: str, name: str) -> None:
    refused(f'{{"impairment":"blackhole",{fields}}}', name)
