from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.evidence.ledger_table import unwrap


@settings(max_examples=100)
@given(st.integers(0, 2**16 - 1), st.lists(st.integers(-1000, 1000), max_size=300))
def test_unwrapped_numbers_keep_every_step(first: int, steps: list[int]) -> None:
    truth = first + np.concatenate(([0], np.cumsum(steps, dtype=np.int64)))
    assert np.array_equal(unwrap((truth & 0xFFFF).astype(np.uint16)), truth)


def test_unwrapping_nothing_is_nothing() -> None:
    assert not len(unwrap(np.empty(0, np.uint16)))
