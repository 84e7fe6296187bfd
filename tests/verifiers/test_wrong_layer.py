from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from numpy.typing import NDArray

from harness.evidence.recording import VideoRecording
from harness.signals.picture import ColourCode
from harness.verifiers.pictures import open_pictures
from harness.verifiers.wrong_layer import layers_shown, wrong_layer_time

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio, Window

Clock = Callable[[float], int]
CODE = ColourCode(track_code=3, fps=20, width=1280, height=720)


@pytest.fixture
def window(clock: Clock) -> Window:
    return {"since_ns": clock(1), "until_ns": clock(5)}


def switching(studio: Studio, clock: Clock, *layers: tuple[float, float, int]) -> VideoRecording:
    """A picture of 720 lines that has other heights from the first second to the second."""

    def edit(frames: NDArray[Any]) -> NDArray[Any]:
        for begin, end, height in layers:
            arrival = frames["arrival_ns"]
            frames["height"][(arrival >= clock(begin)) & (arrival < clock(end))] = height
        return frames

    return studio.pictures(CODE, edit=edit)


def test_layer_as_asked_is_never_wrong(studio: Studio, window: Window) -> None:
    measured = wrong_layer_time(studio.pictures(CODE), 3, heights_px=(720,), **window)
    assert (measured.value, measured.error, measured.notes) == (0, 0, ())
    assert measured.rests_on == 80


def test_wrong_layers_are_located(studio: Studio, window: Window, clock: Clock) -> None:
    recording = switching(studio, clock, (2, 2.5, 180), (2.5, 3, 360), (4, 4.1, 180))
    measured = wrong_layer_time(recording, 3, heights_px=(720,), **window)
    assert measured.value == pytest.approx(1100)
    assert measured.error == 3 * 2.0
    assert measured.notes == (
        "180 lines from 1015 to 1515 ms",
        "360 lines from 1515 to 2015 ms",
        "180 lines from 3015 to 3115 ms",
    )
    allowed = wrong_layer_time(recording, 3, heights_px=(720, 360), **window)
    assert allowed.value == pytest.approx(600)


def test_the_first_layer_begins_with_its_first_picture(studio: Studio, clock: Clock) -> None:
    pictures = open_pictures(studio.pictures(CODE))
    (shown,) = layers_shown(pictures, 3, since_ns=clock(-1), until_ns=clock(5))
    assert shown.start_ns == pictures.frames["arrival_ns"][0]
    assert (shown.height, shown.end_ns) == (720, clock(5))


def test_what_is_shown_at_the_edges_counts(studio: Studio, window: Window, clock: Clock) -> None:
    recording = switching(studio, clock, (0, 1.2, 180), (4.9, 6, 180))
    measured = wrong_layer_time(recording, 3, heights_px=(720,), **window)
    assert measured.notes == ("180 lines from 0 to 215 ms", "180 lines from 3915 to 4000 ms")


def test_every_layer_is_shown_once_for_each_time(
    studio: Studio, window: Window, clock: Clock
) -> None:
    recording = switching(studio, clock, (2, 3, 360))
    shown = layers_shown(open_pictures(recording), 3, **window)
    assert [layer.height for layer in shown] == [720, 360, 720]
    assert (shown[0].start_ns, shown[-1].end_ns) == (clock(1), clock(5))
    assert shown[1].end_ns - shown[1].start_ns == 1_000_000_000


@pytest.mark.parametrize("gap", [(0, 60), (3.9, 60)])
def test_flow_that_ended_shows_no_layer(
    studio: Studio, window: Window, gap: tuple[float, float]
) -> None:
    recording = studio.pictures(CODE, gaps=[gap])
    measured = wrong_layer_time(recording, 3, heights_px=(720,), **window)
    assert "in the last second" in str(measured.missing)
    absent = wrong_layer_time(studio.absent_pictures(), 3, heights_px=(720,), **window)
    assert absent.value is None
