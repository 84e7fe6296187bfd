from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.recording import FrameStatus
from harness.signals.picture import ColourCode
from harness.verifiers.black import black_frames

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio, Window

Clock = Callable[[float], int]
CODE = ColourCode(track_code=3, fps=20)


def lit(frames: NDArray[Any]) -> NDArray[Any]:
    frames["luma"] = 90
    return frames


def black_from_second_two(frames: NDArray[Any]) -> NDArray[Any]:
    late = frames["arrival_ns"] >= frames["arrival_ns"][0] + 2_000_000_000
    frames["luma"] = np.where(late, 17, 90)
    frames["status"][late] = FrameStatus.LOW_CONTRAST
    return frames


def blank_from_second_two(frames: NDArray[Any]) -> NDArray[Any]:
    black_from_second_two(frames)
    frames["status"][frames["luma"] == 17] = FrameStatus.TOO_SMALL
    return frames


def test_black_pictures_are_counted(studio: Studio, clock: Clock) -> None:
    window: Window = {"since_ns": clock(2.5), "until_ns": clock(4.5)}
    alive = studio.witness()
    muted = studio.pictures(CODE, edit=black_from_second_two)
    measured = black_frames(muted, 3, since_ns=clock(1.5), until_ns=clock(4.5), alive=alive)
    assert 48 <= (measured.value or 0) <= 51
    assert measured.notes[0].endswith("of 60 pictures that came were black")
    shown = studio.pictures(CODE, edit=lit)
    assert black_frames(shown, 3, alive=alive, **window).value == 0
    frozen = studio.pictures(CODE, edit=lit, gaps=[(2.2, 6)])
    assert black_frames(frozen, 3, alive=alive, **window).value == 0


def test_blanks_of_the_server_are_not_black(studio: Studio, clock: Clock) -> None:
    blank = studio.pictures(CODE, edit=blank_from_second_two)
    measured = black_frames(
        blank, 3, since_ns=clock(1.5), until_ns=clock(4.5), alive=studio.witness()
    )
    assert measured.value == 0


def test_no_picture_before_and_no_live_receiver_are_no_evidence(
    studio: Studio, clock: Clock
) -> None:
    window: Window = {"since_ns": clock(2.5), "until_ns": clock(4.5)}
    never = studio.pictures(CODE, gaps=[(0, 6)])
    assert black_frames(never, 3, alive=studio.witness(), **window).missing
    seen = studio.pictures(CODE, edit=lit)
    assert black_frames(seen, 3, alive=studio.witness(seconds=3), **window).missing
    assert black_frames(studio.absent_pictures(), 3, alive=studio.witness(), **window).missing
