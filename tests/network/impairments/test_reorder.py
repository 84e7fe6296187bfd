from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.network.impairment import Packet
from harness.network.impairments import Delay, Reorder
from tests.network.impairments.exact import binomial, is_plausible
from tests.network.impairments.lanes import MS, played, refused

COUNT = 400


def order(reorder: Reorder, *others: Delay, seed: int = 1, gap_ms: int = 1) -> list[int]:
    sent = [(n * gap_ms * MS, Packet(1)) for n in range(COUNT)]
    left = played(sent, reorder, *others, seed=seed)
    return [one.n for one in sorted(left, key=lambda one: one.at_ns)]


def test_nothing_is_held_back_for_longer_than_a_second_unless_that_was_asked() -> None:
    [only] = played([(0, Packet(1))], Reorder(ratio=1, distance_packets=1))
    assert only.at_ns == 1000 * MS


@settings(max_examples=50, derandomize=True)
@given(st.sampled_from([0.0, 0.02, 0.2]), st.integers(1, 4), st.integers(0, 2**32))
def test_so_many_are_overtaken_by_so_many(ratio: float, distance: int, seed: int) -> None:
    left = order(Reorder(ratio=ratio, distance_packets=distance), seed=seed)
    assert sorted(left) == list(range(COUNT))
    late = [n for at, n in enumerate(left) if any(m > n for m in left[:at])]
    assert is_plausible(len(late), binomial(COUNT, ratio))
    for n in late:
        # Before it came: those that overtook it, and nobody who was held back after it.
        overtook = [m for m in left[: left.index(n)] if m > n]
        assert len([m for m in overtook if m not in late]) == distance or n > COUNT - 3 * distance


def test_a_delay_after_it_keeps_the_new_order() -> None:
    reorder = Reorder(ratio=0.2, distance_packets=2)
    # The same impairment is the same plan, whatever stands beside it.
    assert order(reorder, Delay(delay_ms=30)) == order(reorder)


def test_where_nobody_comes_to_overtake_it_waits_no_longer_than_that() -> None:
    sent = [(n * 1000 * MS, Packet(1)) for n in range(50)]
    reorder = Reorder(ratio=0.5, distance_packets=3, most_ms=20)
    took = {one.at_ns - sent[one.n][0] for one in played(sent, reorder)}
    assert took == {0, 20 * MS}


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ('"ratio":1.5,"distance_packets":1', "ratio"),
        ('"ratio":0.5,"distance_packets":0', "distance_packets"),
        ('"ratio":0.5,"distance_packets":1,"most_ms":0', "most_ms"),
        ('"ratio":0.5', "distance_packets"),
    ],
)
def test_absurd_values_are_refused(fields: str, name: str) -> None:
    refused(f'{{"impairment":"reorder",{fields}}}', name)
