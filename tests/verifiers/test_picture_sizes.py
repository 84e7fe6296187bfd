from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from numpy.typing import NDArray

from harness.signals.picture import ColourCode
from harness.verifiers.picture_sizes import Captured, frames_of_wrong_size

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio, Window

Clock = Callable[[float], int]
CODE = ColourCode(track_code=3, fps=20)
LARGE = Captured(first=0, pictures=100, width=640, height=360)
SMALL = Captured(first=100, pictures=900, width=320, height=180)


@pytest.fixture
def window(clock: Clock) -> Window:
    return {"since_ns": clock(1), "until_ns": clock(5)}


def smaller_from(first: int) -> Callable[[NDArray[Any]], NDArray[Any]]:
    def edit(frames: NDArray[Any]) -> NDArray[Any]:
        small = frames["counter"] >= first
        frames["width"][small], frames["height"][small] = SMALL.width, SMALL.height
        return frames

    return edit


def test_pictures_of_the_size_in_which_they_were_captured(studio: Studio, window: Window) -> None:
    recording = studio.pictures(CODE, edit=smaller_from(100))
    measured = frames_of_wrong_size(recording, 3, captured=(LARGE, SMALL), **window)
    assert (measured.value, measured.rests_on) == (0, 80)


@pytest.mark.parametrize(("first", "wrong"), [(103, 3), (98, 2)])
def test_a_change_that_comes_late_or_early(
    studio: Studio, window: Window, first: int, wrong: int
) -> None:
    recording = studio.pictures(CODE, edit=smaller_from(first))
    measured = frames_of_wrong_size(recording, 3, captured=(LARGE, SMALL), **window)
    assert measured.value == wrong
    assert "came as" in measured.notes[0]


def test_each_size_must_have_been_seen(studio: Studio, window: Window) -> None:
    recording = studio.pictures(CODE)
    never = Captured(first=5000, pictures=10, width=320, height=180)
    captured = (LARGE, never)
    missing = frames_of_wrong_size(recording, 3, captured=captured, **window).missing
    assert "320×180 was read" in str(missing)
    absent = studio.absent_pictures()
    assert frames_of_wrong_size(absent, 3, captured=(LARGE,), **window).value is None
