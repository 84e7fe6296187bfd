from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.signals.coded_loop import LOOP_MARK, marked, number_of, place_bytes

places = st.integers(0, LOOP_MARK - 1)
numbers = st.integers(1, 2**32 - 1)


@given(place=places, number=numbers)
def test_a_picture_has_the_number_that_came_with_its_place(place: int, number: int) -> None:
    told = number_of(marked(place), frame_id=number, user_data=place_bytes(place))
    assert told == number


@given(place=places, other=places, number=numbers)
def test_the_number_of_another_place_is_not_believed(place: int, other: int, number: int) -> None:
    told = number_of(marked(place), frame_id=number, user_data=place_bytes(other))
    assert told == (number if place == other else marked(place))


@given(counter=places, number=numbers)
def test_a_counter_without_the_mark_is_the_number(counter: int, number: int) -> None:
    assert number_of(counter, frame_id=number, user_data=b"") == counter
    assert number_of(counter, frame_id=number, user_data=place_bytes(counter)) == counter


def test_without_metadata_a_place_stays_one() -> None:
    assert number_of(marked(5), frame_id=0, user_data=b"") == marked(5) > LOOP_MARK
    assert number_of(marked(5), frame_id=9, user_data=b"5") == marked(5)
