from __future__ import annotations

from random import Random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzzing.mutations import LONGEST, Mutator

SEEDS = [b'{"a": 1, "b": ["x", null]}\n{"c": 12.5}\n', b"\x80\x6f\x00\x01", b""]


@given(st.integers(0, 2**32), st.lists(st.binary(max_size=40), min_size=1, max_size=3))
def test_the_same_seed_makes_the_same_input(seed: int, seeds: list[bytes]) -> None:
    one, other = Mutator(seeds, Random(seed)), Mutator(seeds, Random(seed))
    for _ in range(5):
        made = one.next()
        assert made == other.next()
        assert len(made) <= LONGEST


def test_input_differs_and_some_of_it_is_still_json() -> None:
    mutator = Mutator(SEEDS[:1], Random(1))
    made = {mutator.next() for _ in range(300)}
    assert len(made) > 250
    lines = [line for data in made for line in data.split(b"\n") if line.startswith(b"{")]
    assert sum(map(is_json, lines)) > len(lines) / 10


def is_json(line: bytes) -> bool:
    try:
        msgspec.json.decode(line)
    except (ValueError, RecursionError):
        return False
    return True
