from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.recording import FrameStatus
from harness.signals.picture import ColourCode
from harness.verifiers.picture_edge import first_frame, frames_seen, last_frame

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio, Window

Clock = Callable[[float], int]
CODE = ColourCode(track_code=3, fps=20)


def blank(frames: NDArray[Any]) -> NDArray[Any]:
    """A blank of the server 700 ms after second 2, in place of a picture."""
    place = int(np.searchsorted(frames["arrival_ns"], frames["arrival_ns"][0] + 2_700_000_000))
    frames["status"][place:] = FrameStatus.TOO_SMALL
    return frames


def test_first_picture_after_a_gap(studio: Studio, clock: Clock) -> None:
    recording = studio.pictures(CODE, gaps=[(0.5, 2.13)])
    measured = first_frame(recording, 3, since_ns=clock(1), until_ns=clock(5))
    assert measured.value == pytest.approx(1165, abs=0.1)
    assert (measured.error, measured.evidence) == (2.0, ("bob/face.frames",))


@pytest.mark.parametrize(("gap", "back"), [((1, 2.13), True), ((1, 1.9), False), ((4, 5), False)])
def test_pictures_come_back_only_where_they_were_away(
    studio: Studio, clock: Clock, gap: tuple[float, float], back: bool
) -> None:
    measured = first_frame(
        studio.pictures(CODE, gaps=[gap]), 3,
        since_ns=clock(2), until_ns=clock(5), returning=True,
    )  # fmt: skip
    if back:
        assert measured.value == pytest.approx(165, abs=0.1)
    else:
        assert "they were not away" in str(measured.missing)


def test_pictures_of_another_track_are_no_first_picture(studio: Studio, clock: Clock) -> None:
    recording = studio.pictures(CODE)
    window: Window = {"since_ns": clock(1), "until_ns": clock(5)}
    never = first_frame(recording, 4, alive=studio.witness(), **window)
    assert (never.value, never.at_least) == (4000.0, True)
    assert "of another track" in never.notes[1]
    assert "no witness" in str(first_frame(recording, 4, **window).missing)
    dead = studio.witness(seconds=3)
    assert first_frame(recording, 4, alive=dead, **window).missing is not None
    assert first_frame(studio.absent_pictures(), 3, **window).missing is not None


def test_empty_recording_of_a_live_receiver_is_evidence(studio: Studio, clock: Clock) -> None:
    recording = studio.pictures(CODE, gaps=[(0, 60)])
    measured = first_frame(
        recording, 3, since_ns=clock(1), until_ns=clock(5), alive=studio.witness()
    )
    assert measured.at_least


def test_last_picture_before_a_freeze(studio: Studio, clock: Clock) -> None:
    recording = studio.pictures(CODE, gaps=[(2.12, 6)])
    measured = last_frame(
        recording, 3, since_ns=clock(2), until_ns=clock(5), alive=studio.witness()
    )
    assert measured.value == pytest.approx(115, abs=0.1)
    assert not measured.at_least


def test_blanks_do_not_prolong_pictures_and_are_noted(studio: Studio, clock: Clock) -> None:
    measured = last_frame(
        studio.pictures(CODE, edit=blank), 3,
        since_ns=clock(2), until_ns=clock(5), alive=studio.witness(),
    )  # fmt: skip
    assert measured.value == pytest.approx(665, abs=1)
    assert "too small" in measured.notes[0]


def test_a_burst_of_which_nothing_was_seen_is_no_evidence(studio: Studio, clock: Clock) -> None:
    window: Window = {"since_ns": clock(2), "until_ns": clock(5)}
    alive = studio.witness()
    stopped = studio.pictures(CODE, gaps=[(2, 6)])
    seen = last_frame(stopped, 3, alive=alive, numbers=range(85, 100), **window)
    lost = last_frame(stopped, 3, alive=alive, numbers=range(90, 100), **window)
    late = last_frame(
        studio.pictures(CODE, gaps=[(2, 2.3)]), 3, alive=alive, numbers=range(90, 100), **window
    )

    assert seen.value == 0.0
    assert "no picture from 90 to 99 was read" in str(lost.missing)
    assert late.value == pytest.approx(465, abs=0.1)
    assert late.rests_on == 4


def test_freeze_at_once_takes_no_time(studio: Studio, clock: Clock) -> None:
    measured = last_frame(
        studio.pictures(CODE, gaps=[(2, 6)]), 3,
        since_ns=clock(2), until_ns=clock(5), alive=studio.witness(),
    )  # fmt: skip
    assert (measured.value, measured.rests_on) == (0.0, 0)


def test_pictures_that_do_not_end_are_a_lower_bound(studio: Studio, clock: Clock) -> None:
    measured = last_frame(
        studio.pictures(CODE), 3, since_ns=clock(2), until_ns=clock(5), alive=studio.witness()
    )
    assert measured.at_least
    assert measured.value == pytest.approx(2965, abs=1)


def test_end_without_flow_before_or_life_after_is_missing(studio: Studio, clock: Clock) -> None:
    window: Window = {"since_ns": clock(2), "until_ns": clock(5)}
    never = studio.pictures(CODE, gaps=[(0, 6)])
    assert last_frame(never, 3, alive=studio.witness(), **window).missing is not None
    stopped = studio.pictures(CODE, gaps=[(2, 6)])
    dead = studio.witness(silent=[(2.5, 6)])
    assert last_frame(stopped, 3, alive=dead, **window).missing is not None
    absent = studio.absent_pictures()
    assert last_frame(absent, 3, alive=studio.witness(), **window).missing is not None


def test_pictures_are_counted_while_the_receiver_is_alive(studio: Studio, clock: Clock) -> None:
    window: Window = {"since_ns": clock(1), "until_ns": clock(5)}
    alive = studio.witness()
    assert frames_seen(studio.pictures(CODE), 3, alive=alive, **window).value == 80
    some = frames_seen(studio.pictures(CODE, gaps=[(0, 4.5)]), 3, alive=alive, **window)
    assert some.value == 10
    none = frames_seen(studio.pictures(CODE, gaps=[(0, 60)]), 3, alive=alive, **window)
    assert (none.value, none.evidence) == (0, ("bob/face.frames", "bob/proof.wav"))


def test_no_picture_at_a_dead_receiver_is_no_evidence(studio: Studio, clock: Clock) -> None:
    window: Window = {"since_ns": clock(1), "until_ns": clock(5)}
    recording = studio.pictures(CODE, gaps=[(0, 60)])
    dead = studio.witness(silent=[(2, 6)])
    assert frames_seen(recording, 3, alive=dead, **window).value is None
    absent = studio.absent_pictures()
    assert frames_seen(absent, 3, alive=studio.witness(), **window).value is None
