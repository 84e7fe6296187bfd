from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from numpy.typing import NDArray

from harness.evidence.measurement import Measurement
from harness.evidence.recording import VideoRecording
from harness.signals.picture import ColourCode
from harness.verifiers.layer_switch import capped_ratio, frames_of_another_layer, time_to_layer

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio, Window

Clock = Callable[[float], int]
Heights = Callable[..., VideoRecording]
CODE = ColourCode(track_code=3, width=1280, height=720, fps=20)


@pytest.fixture
def seen(studio: Studio, clock: Clock) -> Heights:
    """A recording of 720 lines at first, and of another height from each of some seconds on."""

    def make(*changes: tuple[float, int], gaps: list[tuple[float, float]]) -> VideoRecording:
        def size(frames: NDArray[Any]) -> NDArray[Any]:
            for since_s, height in changes:
                frames["height"][frames["arrival_ns"] >= clock(since_s)] = height
            return frames

        return studio.pictures(CODE, edit=size, gaps=gaps)

    return lambda *changes, gaps=(): make(*changes, gaps=list(gaps))


@pytest.fixture
def window(clock: Clock) -> Window:
    return {"since_ns": clock(2), "until_ns": clock(5)}


def test_time_until_a_layer_is_seen(seen: Heights, window: Window) -> None:
    fell = time_to_layer(seen((2.3, 360), (2.51, 180)), 3, px=180, **window)
    stayed = time_to_layer(seen((2.3, 360)), 3, px=180, **window)

    assert fell.value == pytest.approx(515, abs=0.1)
    assert (fell.error, fell.at_least) == (2.0, False)
    assert fell.notes == ("heights in order: 720, 360, 180",)
    assert (stayed.value, stayed.at_least) == (3000.0, True)


def test_pictures_that_end_show_no_layer_that_was_kept(
    studio: Studio, seen: Heights, window: Window
) -> None:
    ended = seen((2.3, 360), gaps=[(3, 60)])
    dead = time_to_layer(ended, 3, px=180, **window)
    stayed = time_to_layer(ended, 3, px=180, alive=studio.witness(), **window)

    assert "no witness was named" in str(dead.missing)
    assert (stayed.value, stayed.at_least) == (3000.0, True)


def test_a_switch_needs_pictures_before_and_after_it(
    studio: Studio, seen: Heights, window: Window
) -> None:
    there = time_to_layer(seen((1, 180)), 3, px=180, **window)
    gone = time_to_layer(seen(gaps=[(2, 60)]), 3, px=180, **window)
    never = time_to_layer(seen(gaps=[(0, 2)]), 3, px=180, **window)
    absent = time_to_layer(studio.absent_pictures(), 3, px=180, **window)

    assert "180 lines were seen before already" in str(there.missing)
    assert "no picture came" in str(gone.missing)
    assert "no picture was read before" in str(never.missing)
    assert absent.missing is not None


def test_pictures_that_stray_into_a_layer(seen: Heights, window: Window) -> None:
    clean = frames_of_another_layer(seen((2.3, 360), (2.51, 180)), 3, px=180, **window)
    strayed = frames_of_another_layer(
        seen((2.51, 180), (3.01, 720), (3.16, 180)), 3, px=180, **window
    )
    stayed = frames_of_another_layer(seen(), 3, px=180, **window)
    gone = frames_of_another_layer(seen(gaps=[(2, 60)]), 3, px=180, **window)

    assert (clean.value, clean.unit, clean.rests_on) == (0.0, "frames", 50)
    assert strayed.value == 3.0
    assert strayed.notes == ("heights in order: 180, 720, 180",)
    assert "no picture of 180 lines" in str(stayed.missing)
    assert "no picture came" in str(gone.missing)


def test_share_of_pictures_below_a_cap(seen: Heights, clock: Clock, window: Window) -> None:
    def ratio(recording: VideoRecording) -> Measurement:
        return capped_ratio(recording, 3, at_most_px=180, asked_ns=clock(1), **window)

    kept = ratio(seen((1.5, 136)))
    broken = ratio(seen((1.5, 180), (2.6, 720)))
    low = ratio(seen((0.5, 180)))
    never = ratio(seen(gaps=[(0, 1)]))
    gone = ratio(seen(gaps=[(2, 60)]))

    assert (kept.value, kept.unit, kept.rests_on) == (1.0, "ratio", 60)
    assert broken.value == pytest.approx(0.2)
    assert "the last picture before was not above 180 lines" in str(low.missing)
    assert "no picture was read before" in str(never.missing)
    assert "no picture came" in str(gone.missing)


@pytest.mark.parametrize(("gap", "value"), [((1.7, 2), 1.0), ((1.5, 1.9), None)])
def test_a_cap_that_holds_when_pictures_come_back_needs_them_away(
    seen: Heights, clock: Clock, window: Window, gap: tuple[float, float], value: float | None
) -> None:
    recording = seen((1.5, 180), gaps=[gap])
    measured = capped_ratio(
        recording, 3, at_most_px=180, asked_ns=clock(1), returning=True, **window
    )
    assert measured.value == value
