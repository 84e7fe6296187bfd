from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence.measurement import Measurement, missing, unsupported
from harness.verifiers.combine import (
    at_worst,
    fact,
    largest,
    offered,
    smallest,
    time_taken,
)


def ms(value: float, *, at_least: bool = False, rests_on: int = 1, file: str = "a") -> Measurement:
    return Measurement(
        value=value, unit="ms", error=2.0, at_least=at_least, rests_on=rests_on, evidence=(file,)
    )


@pytest.mark.parametrize("true", [True, False])
def test_a_fact_is_one_or_nothing(true: bool) -> None:
    measured = fact(true, "bob's SDK lists the track")

    assert (measured.value, measured.unit, measured.rests_on) == (float(true), "bool", 1)
    assert measured.notes == ("bob's SDK lists the track",)
    assert measured.interval == (float(true), float(true))


def test_what_is_offered_can_be_used() -> None:
    there = offered("mute", {"mute": True}, "-")
    hollow = offered("mute", {"mute": False}, "-")
    lacking = offered("mute", {"unmute": True}, "in JavaScript")

    assert (there.value, there.unsupported, there.notes) == (1.0, None, ("`mute` is there",))
    assert (hollow.value, hollow.notes) == (0.0, ("`mute` is there and cannot be used",))
    assert (lacking.value, lacking.unit) == (None, "bool")
    assert lacking.unsupported == "there is no `mute`: in JavaScript"


def test_the_largest_rests_on_all_of_them() -> None:
    worst = largest(ms(3, rests_on=5), ms(9, rests_on=2, file="b"), ms(4, rests_on=1))

    assert (worst.value, worst.error, worst.at_least) == (9, 2.0, False)
    assert worst.rests_on == 8
    assert worst.evidence == ("a", "b")


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6))
def test_without_bounds_it_is_the_maximum(values: list[float]) -> None:
    assert largest(*(ms(value) for value in values)).value == max(values)


def test_the_smallest_rests_on_all_of_them() -> None:
    worst = smallest(ms(3, rests_on=5), ms(-1, rests_on=2, file="b"), ms(0, rests_on=1))

    assert (worst.value, worst.rests_on) == (-1, 8)
    assert worst.evidence == ("a", "b")
    gap = missing("ms", "nobody recorded")
    assert smallest(ms(1), gap) is gap
    for none in ((), (ms(1), ms(2, at_least=True))):
        with pytest.raises(ValueError, match=r"needed|not known"):
            smallest(*none)


@pytest.mark.parametrize("gap", [missing("ms", "nobody recorded"), unsupported("ms", "no such")])
def test_one_that_is_missing_leaves_the_question_open(gap: Measurement) -> None:
    assert largest(ms(1), gap, missing("ms", "later")) is gap


def test_with_a_lower_bound_the_largest_is_one_too() -> None:
    worst = largest(ms(100, at_least=True), ms(40))

    assert (worst.value, worst.at_least) == (100, True)


def test_a_lower_bound_hides_no_larger_value() -> None:
    worst = largest(ms(100, at_least=True), ms(500))

    assert (worst.value, worst.at_least) == (500, True)


def test_different_units_and_nothing_at_all_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="one unit"):
        largest(ms(1), fact(True, "another unit"))
    with pytest.raises(ValueError, match="at least one"):
        largest()


def test_the_worst_of_some_participants() -> None:
    delays = {"alice": 3.0, "bob": 9.0, "carol": 4.0}

    def delay(participant: str, *, name: str, less: float) -> Measurement:
        assert name == "any of the verifier's"
        return ms(delays[participant] - less)

    given = {"name": "any of the verifier's", "less": 1.0}
    assert at_worst(delay, "participant", delays, **given).value == 8
    assert at_worst(delay, "participant", ["alice"], **given).value == 2
    with pytest.raises(ValueError, match="at least one"):
        at_worst(delay, "participant", [], **given)


def test_the_time_of_a_call() -> None:
    took = time_taken(12.5, "it raised ValueError")
    assert (took.value, took.unit, took.at_least) == (12.5, "ms", False)
    assert took.notes == ("it raised ValueError",)
    assert time_taken(2000, "nothing was said", ended=False).at_least
