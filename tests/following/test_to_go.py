from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.following.to_go import LEAST_KNOWN, STEADY_S, CellTime, Estimate, Part, estimate

TEN = CellTime(first_s=10.0)


def seconds(*parts: Part, elapsed_s: float = 0.0, processes: int = 1) -> float | None:
    made = estimate(parts, elapsed_s=elapsed_s, processes=processes)
    return None if made is None else round(made.seconds, 3)


def test_what_stored_runs_took_is_what_is_left() -> None:
    again = CellTime(first_s=10.0, again_s=5.0)

    assert seconds(Part(usual=TEN), Part(usual=again)) == 25
    assert seconds() == 0


def test_what_is_over_is_not_left_and_what_runs_only_in_part() -> None:
    over = Part(usual=TEN, took=TEN)

    assert seconds(over, Part(usual=TEN, spent_s=4), Part(usual=TEN), elapsed_s=14) == 16
    assert seconds(over, Part(usual=TEN, spent_s=99), elapsed_s=20) == 0
    assert CellTime(first_s=10.0, again_s=5.0).after(12.0) == CellTime(first_s=0.0, again_s=3.0)


def test_processes_share_what_may_run_beside_others_and_nothing_else() -> None:
    beside = [Part(beside=True, usual=CellTime(first_s=10.0, again_s=2.0))] * 6

    assert seconds(*beside, processes=3) == 20 + 12
    assert seconds(*[Part(usual=TEN)] * 6, processes=3) == 60
    assert seconds(Part(beside=True, usual=TEN), processes=3) == 10, "it cannot be shared further"


def test_nothing_is_said_while_it_rests_on_nothing() -> None:
    over, new = Part(took=TEN), Part()

    assert seconds(*[over] * (LEAST_KNOWN - 1), new) is None
    assert seconds(*[over] * LEAST_KNOWN, new, elapsed_s=30) == 10
    assert seconds(Part(usual=TEN), new) is None
    assert seconds(Part(usual=TEN)) == 10, "one that is known needs no others"


def test_unknown_ones_are_like_those_that_run_the_same_way() -> None:
    parts = [Part(took=CellTime(first_s=20.0))] * 3
    parts += [Part(beside=True, took=CellTime(first_s=5.0))] * 3

    assert seconds(*parts, Part(), elapsed_s=75) == 20
    assert seconds(*parts, Part(beside=True), elapsed_s=75) == 5


def test_a_slower_machine_is_slow_to_its_end_and_a_long_wait_is_not_taken_for_that() -> None:
    over = Part(usual=CellTime(first_s=STEADY_S), took=CellTime(first_s=2 * STEADY_S))
    left = Part(usual=TEN)

    assert seconds(over, left, elapsed_s=2 * STEADY_S) == 15
    assert seconds(over, left, elapsed_s=100 * STEADY_S) == 20
    assert seconds(over, left, elapsed_s=0) == 5


@given(
    st.lists(
        st.builds(
            Part,
            beside=st.booleans(),
            usual=st.none() | st.builds(CellTime, first_s=st.floats(0, 1e4)),
            took=st.none() | st.builds(CellTime, first_s=st.floats(0, 1e4)),
            spent_s=st.floats(0, 1e5),
        ),
        max_size=9,
    ),
    st.floats(0, 1e6),
    st.integers(1, 9),
)
def test_an_estimate_is_never_negative_and_guesses_are_a_share(
    parts: list[Part], elapsed_s: float, processes: int
) -> None:
    made = estimate(parts, elapsed_s=elapsed_s, processes=processes)
    if made is not None:
        assert made.seconds >= 0
        assert 0 <= made.guessed_ratio <= 1.0001
        assert estimate(parts, elapsed_s=elapsed_s, processes=99) is not None


@pytest.mark.parametrize(
    ("left_s", "words"),
    [
        (0, "less than a minute to go"),
        (59, "less than a minute to go"),
        (61, "about 1 min to go"),
        (89 * 60, "about 89 min to go"),
        (100 * 60, "about 1 h 40 min to go"),
        (104 * 60, "about 1 h 40 min to go"),
        (119 * 60, "about 2 h to go"),
        (25 * 3600, "about 25 h to go"),
    ],
)
def test_words_are_no_more_exact_than_the_estimate(left_s: float, words: str) -> None:
    assert Estimate(seconds=left_s, guessed_ratio=0.0).words == words
    rough = Estimate(seconds=left_s, guessed_ratio=0.5).words
    assert rough == words.replace("about", "roughly")


def test_much_that_is_guessed_is_said() -> None:
    known = [Part(usual=TEN)] * 3
    few = estimate([*known, *[Part(usual=TEN)] * 20, Part()], elapsed_s=0, processes=1)
    many = estimate([*known, *[Part()] * 20], elapsed_s=0, processes=1)

    assert few is not None
    assert many is not None
    assert few.words == "about 4 min to go"
    assert many.words == "roughly 4 min to go"
