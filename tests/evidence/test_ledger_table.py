from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.evidence.ledger_fates import PacketFate
from harness.evidence.ledger_table import lost_sequences, unwrap


@settings(max_examples=100)
@given(st.integers(0, 2**16 - 1), st.lists(st.integers(-1000, 1000), max_size=300))
def test_unwrapped_numbers_keep_every_step(first: int, steps: list[int]) -> None:
    truth = first + np.concatenate(([0], np.cumsum(steps, dtype=np.int64)))
    assert np.array_equal(unwrap((truth & 0xFFFF).astype(np.uint16)), truth)


def test_unwrapping_nothing_is_nothing() -> None:
    assert not len(unwrap(np.empty(0, np.uint16)))


def test_lost_are_numbers_that_never_left_intact() -> None:
    seq = np.array([65_534, 65_535, 0, 1, 2, 3, 65_535, 4], np.uint16)
    forwarded, altered = PacketFate.FORWARDED, PacketFate.ALTERED
    dropped, other = PacketFate.DROPPED, PacketFate.OTHER
    fate = [forwarded, dropped, dropped, altered, other, forwarded, forwarded, dropped]
    assert lost_sequences(seq, np.array(fate, np.uint8)).tolist() == [
        65_536, 65_537, 65_538, 65_540,
    ]  # fmt: skip
