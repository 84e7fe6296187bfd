from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from harness.signals.code_bits import COUNTER_MODULUS, SYNC, TRACK_CODES, decode, encode

counters = st.integers(0, COUNTER_MODULUS - 1)
track_codes = st.integers(0, 65535)


@given(counter=counters, track_code=track_codes)
def test_every_counter_and_track_code_comes_back(counter: int, track_code: int) -> None:
    assert decode(encode(counter, track_code).astype(bool)) == (counter, track_code)


@given(counter=counters, track_code=track_codes, place=st.integers(8, 63))
def test_one_wrong_bit_is_noticed(counter: int, track_code: int, place: int) -> None:
    bits = encode(counter, track_code).astype(bool)
    bits[place] ^= True
    assert decode(bits) is None


def test_a_track_code_has_16_bits() -> None:
    assert TRACK_CODES == 65536


def test_counter_wraps_after_24_bits() -> None:
    assert decode(encode(COUNTER_MODULUS + 5, 1).astype(bool)) == (5, 1)


def test_neighbouring_counters_differ_in_one_bit_of_the_counter() -> None:
    words = np.stack([encode(counter, 1) for counter in range(1000)])
    assert (np.diff(words[:, 8:32].astype(int), axis=0) != 0).sum(axis=1).tolist() == [1] * 999


def test_false_accepts_among_random_words_with_the_right_sync() -> None:
    words = np.random.Generator(np.random.PCG64(1)).integers(0, 2, (200_000, 64)).astype(bool)
    words[:, :8] = SYNC
    accepted = sum(decode(word) is not None for word in words)
    assert accepted <= 10  # 3 were to be expected, 1 was seen
