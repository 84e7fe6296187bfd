from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.evidence.ledger_table import PacketFate, fates_of, unwrap


@settings(max_examples=100)
@given(st.integers(0, 2**16 - 1), st.lists(st.integers(-1000, 1000), max_size=300))
def test_unwrapped_numbers_keep_every_step(first: int, steps: list[int]) -> None:
    truth = first + np.concatenate(([0], np.cumsum(steps, dtype=np.int64)))
    assert np.array_equal(unwrap((truth & 0xFFFF).astype(np.uint16)), truth)


def test_unwrapping_nothing_is_nothing() -> None:
    assert not len(unwrap(np.empty(0, np.uint16)))


def test_causes_become_fates() -> None:
    causes = np.array([0, 1, 2, 3, 16, 17, 0xFFFF], np.uint16)
    forwarded, dropped, other = PacketFate.FORWARDED, PacketFate.DROPPED, PacketFate.OTHER
    expected = [forwarded, other, other, other, dropped, dropped, other]
    assert fates_of(causes).tolist() == expected
