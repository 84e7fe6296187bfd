from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.network.randomness import uniform_numbers

# What the plan of a seed is must never change: reports are repeated by it.
GOLDEN = [
    "0x1.9118fb4f16158p-1",
    "0x1.457acfa5c5150p-3",
    "0x1.660a0c7bc4928p-3",
    "0x1.2506089083f09p-1",
    "0x1.2a419ce390d23p-1",
    "0x1.6e0b89e0f3194p-1",
]


def numbers(**change: object) -> list[float]:
    place: dict[str, object] = {"seed": 81, "participant": "alice", "direction": "up", "key": "k"}
    uniform = uniform_numbers(**{**place, **change})  # type: ignore[arg-type]
    return [uniform(n) for n in range(2000)]


def test_golden_numbers() -> None:
    assert [number.hex() for number in numbers()[:6]] == GOLDEN


def test_every_part_of_the_key_counts() -> None:
    plans = [
        numbers(),
        numbers(seed=82),
        numbers(participant="bob"),
        numbers(direction="down"),
        numbers(key="l"),
    ]
    assert len({tuple(plan) for plan in plans}) == len(plans)


def test_asking_in_another_order_changes_nothing() -> None:
    uniform = uniform_numbers(seed=81, participant="alice", direction="up", key="k")
    assert [uniform(n) for n in reversed(range(2000))] == numbers()[::-1]


@settings(max_examples=20)
@given(st.integers(-(2**70), 2**70))
def test_numbers_of_any_seed_are_spread_over_the_unit_interval(seed: int) -> None:
    drawn = numbers(seed=seed)
    assert all(0 <= number < 1 for number in drawn)
    # Each tenth holds Binomial(2000, 0.1): 200 ± 13.4; ten bins of 20 seeds stay within 6 sigma.
    for tenth in range(10):
        count = sum(tenth <= 10 * number < tenth + 1 for number in drawn)
        assert 119 < count < 281
