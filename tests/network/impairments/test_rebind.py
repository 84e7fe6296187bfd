from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.network.engine import Engine, Happened
from harness.network.impairment import Target
from harness.network.impairments import Rebind
from tests.network.impairments.lanes import MS, refused


def times_ms(rebind: Rebind, until_ms: int, *, since_ms: int = 0) -> list[float]:
    engine = Engine(seed=1)
    for name in ("alice", "bob"):
        engine.begin(name, 0)
    engine.set_impairments([rebind], since_ms * MS)
    happened = [one for one in engine.due(until_ms * MS) if isinstance(one, Happened)]
    assert all(one.event is rebind for one in happened)
    return [one.at_ns / MS for one in happened if one.participant == "alice"]


def test_that_of_the_quic_interop_runner_is_at_one_second_and_each_five() -> None:
    assert times_ms(Rebind(first_ms=1000, every_ms=5000), 12_000) == [1000, 6000, 11_000]


def test_once_and_of_others() -> None:
    assert times_ms(Rebind(first_ms=5), 10_000, since_ms=10) == [15]
    assert times_ms(Rebind(first_ms=0), 10_000) == [0]
    assert times_ms(Rebind(first_ms=0, target=Target(participant="bob")), 10_000) == []


@given(st.integers(0, 500), st.integers(100, 500), st.integers(0, 500))
def test_it_happens_each_period(first_ms: int, every_ms: int, since_ms: int) -> None:
    rebind = Rebind(first_ms=first_ms, every_ms=every_ms)
    expected = [*range(since_ms + first_ms, 2001, every_ms)]
    assert times_ms(rebind, 2000, since_ms=since_ms) == expected


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ('"first_ms":-1', "first_ms"),
        ('"first_ms":1,"every_ms":1', "every_ms"),
        ('"first_ms":1,"target":{"direction":"up"}', "target"),
        ('"first_ms":1,"target":{"medium":"audio","participant":"alice"}', "target"),
    ],
)
def test_absurd_values_are_refused(fields: str, name: str) -> None:
    refused(f'{{"impairment":"rebind",{fields}}}', name)
