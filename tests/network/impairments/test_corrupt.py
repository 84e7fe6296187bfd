from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.evidence.ledger_records import ALTERED, COPY
from harness.network.impairment import Packet
from harness.network.impairments import Corrupt, Duplicate
from tests.network.impairments.exact import binomial, is_plausible
from tests.network.impairments.lanes import played, refused

COUNT = 400


@settings(max_examples=50, derandomize=True)
@given(st.sampled_from([0.0, 0.01, 0.2, 0.5, 1.0]), st.integers(0, 2**32))
def test_so_many_have_a_wrong_bit(ratio: float, seed: int) -> None:
    left = played([(n, Packet(100)) for n in range(COUNT)], Corrupt(ratio=ratio), seed=seed)
    altered = [one.deliveries[0].flipped_bit is not None for one in left]
    assert is_plausible(sum(altered), binomial(COUNT, ratio))
    assert [one.deliveries[0].mark for one in left] == [(ALTERED | 16) * wrong for wrong in altered]


@settings(max_examples=50)
@given(st.integers(1, 1500), st.integers(0, 2**32))
def test_the_bit_is_in_the_packet_and_not_in_its_head(size: int, seed: int) -> None:
    left = played([(n, Packet(size)) for n in range(20)], Corrupt(ratio=1), seed=seed)
    bits = [one.deliveries[0].flipped_bit for one in left]
    first = 160 if size > 20 else size * 8 - 8
    assert all(bit is not None and first <= bit < size * 8 for bit in bits)


@settings(max_examples=20, derandomize=True)
@given(st.integers(0, 2**32))
def test_every_bit_is_as_likely_as_the_others(seed: int) -> None:
    left = played([(n, Packet(120)) for n in range(COUNT)], Corrupt(ratio=1), seed=seed)
    first_half = sum((one.deliveries[0].flipped_bit or 0) < 160 + 400 for one in left)
    assert is_plausible(first_half, binomial(COUNT, 0.5))


def test_an_empty_datagram_has_no_bit_to_invert() -> None:
    [left] = played([(0, Packet(0))], Corrupt(ratio=1))
    assert left.deliveries[0].flipped_bit is None


def test_copies_stay_whole_and_no_packet_has_two_marks() -> None:
    [left] = played([(0, Packet(100))], Duplicate(ratio=1), Corrupt(ratio=1), Corrupt(ratio=0.99))
    original, copy = left.deliveries
    assert original.mark & ALTERED
    assert (copy.mark & COPY, copy.flipped_bit) == (COPY, None)


@pytest.mark.parametrize("ratio", ["-0.1", "1.1", "null"])
def test_absurd_values_are_refused(ratio: str) -> None:
    refused(f'{{"impairment":"corrupt","ratio":{ratio}}}', "ratio")
