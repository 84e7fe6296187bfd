from __future__ import annotations

import pytest

from harness.evidence.sdk_call import SdkCall
from harness.verifiers.sdk_calls import (
    calls_not_raising,
    calls_not_refused_with,
    calls_that_ended,
    calls_without,
    distance_of,
)

GAVE = SdkCall(name="a", end="returned", value={"width": 4})
RAISED = SdkCall(name="b", end="raised", kind="ValueError", says="rgba to Argb is not supported")
DIED = SdkCall(name="c", end="died", kind="killed by SIGABRT", says="width > 0")
UNDER_WAY = SdkCall(name="d", end="began")
ALL = [GAVE, RAISED, DIED]


def test_calls_are_counted_by_their_end_and_told() -> None:
    measured = calls_that_ended(ALL, "raised", "died")

    assert (measured.value, measured.unit, measured.rests_on) == (2, "calls", 3)
    assert measured.notes == (
        "b: raised ValueError: rgba to Argb is not supported",
        "c: the process was killed by SIGABRT: width > 0",
    )
    assert calls_that_ended(ALL, "returned").notes == ("a: gave {'width': 4}",)
    assert calls_that_ended([GAVE], "died").value == 0


def test_no_more_than_a_dozen_are_told_one_by_one() -> None:
    measured = calls_that_ended([RAISED] * 40, "raised")

    assert measured.value == 40
    assert len(measured.notes) == 13
    assert measured.notes[-1] == "and 28 more"


def test_a_call_that_gave_something_else_or_nothing_counts() -> None:
    wanted = {"a": {"width": 4}, "b": None, "c": None}

    assert calls_without([GAVE], wanted).value == 0
    assert calls_without([GAVE], {"a": {"width": 5}}).value == 1
    assert calls_without(ALL, wanted).value == 2


@pytest.mark.parametrize(
    ("call", "value"), [(RAISED, 0), (GAVE, 1), (DIED, 1), (SdkCall(name="b", end="raised"), 1)]
)
def test_a_refusal_must_be_one_and_have_its_words(call: SdkCall, value: float) -> None:
    words = dict.fromkeys("abc", ("RGBA", "ARGB"))

    assert calls_not_refused_with([call], words).value == value


def test_an_exception_must_be_of_the_kind_that_is_promised() -> None:
    assert calls_not_raising([RAISED], "ValueError").value == 0
    assert calls_not_raising([RAISED], "TypeError").value == 1
    assert calls_not_raising(ALL, "ValueError").value == 2
    assert calls_not_raising([UNDER_WAY], "ValueError").value is None


def test_the_distance_of_the_number_that_is_furthest_off() -> None:
    red = [SdkCall(name="red", end="returned", value=[253.0, 255.0, 2.0])]
    late = [SdkCall(name="late", end="returned", value=3)]

    assert distance_of(red, (255, 0, 0), "steps").value == 255
    assert distance_of(red, (253, 255, 2), "steps").value == 0
    assert (distance_of(late, [0], "frames").value, distance_of(late, [0], "ms").unit) == (3, "ms")


def test_what_did_not_end_well_has_no_distance() -> None:
    assert "killed by SIGABRT" in str(distance_of([DIED], [0], "ms").missing)
    assert "rgba to Argb" in str(distance_of([RAISED], [0], "ms").missing)


@pytest.mark.parametrize(
    ("calls", "why"), [([], "no call was made"), ([UNDER_WAY], "nobody knows how d ended")]
)
def test_without_calls_there_is_no_number(calls: list[SdkCall], why: str) -> None:
    assert calls_that_ended(calls, "died").missing == why
    assert calls_without(calls, {}).missing == why
    assert calls_not_refused_with(calls, {}).missing == why
    assert distance_of(calls, [0], "ms").missing == why


@pytest.mark.parametrize(("count", "last"), [(12, "call11: gave 11"), (14, "and 2 more")])
def test_twelve_are_told_one_by_one(count: int, last: str) -> None:
    calls = [SdkCall(name=f"call{n}", end="returned", value=n) for n in range(count)]
    notes = calls_that_ended(calls, "returned").notes
    assert notes[0] == "call0: gave 0"
    assert notes[-1] == last
