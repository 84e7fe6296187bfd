from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.signals.picture import ColourCode
from harness.verifiers.picture_lag import first_frame_lag

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio, Window

Clock = Callable[[float], int]
CODE = ColourCode(track_code=3, fps=20)


def test_lag_is_the_latency(studio: Studio, clock: Clock) -> None:
    recording, sent = studio.pictures(CODE), studio.sent_pictures(CODE)
    window: Window = {"since_ns": clock(1), "until_ns": clock(5)}
    measured = first_frame_lag(recording, 3, sent=sent, **window)
    assert measured.value == pytest.approx(15, abs=0.001)
    assert measured.error == 2


def test_replayed_first_picture_is_old(studio: Studio, clock: Clock) -> None:
    def replay(frames: NDArray[Any]) -> NDArray[Any]:
        frames["counter"][20] -= 16
        return frames

    recording, sent = studio.pictures(CODE, edit=replay), studio.sent_pictures(CODE)
    window: Window = {"since_ns": clock(1), "until_ns": clock(5)}
    measured = first_frame_lag(recording, 3, sent=sent, **window)
    assert measured.value == pytest.approx(815, abs=1)
    assert measured.notes == ("the next ones: 15, 15, 15 ms",)


def test_the_three_pictures_after_it_are_told(studio: Studio, clock: Clock) -> None:
    def later(frames: NDArray[Any]) -> NDArray[Any]:
        frames["arrival_ns"][21:25] += np.array([1, 2, 3, 4]) * NS_PER_MS
        return frames

    recording, sent = studio.pictures(CODE, edit=later), studio.sent_pictures(CODE)
    window: Window = {"since_ns": clock(1), "until_ns": clock(5)}
    measured = first_frame_lag(recording, 3, sent=sent, **window)
    assert measured.notes == ("the next ones: 16, 17, 18 ms",)


def test_lag_needs_pictures_that_were_sent(studio: Studio, clock: Clock) -> None:
    recording, sent = studio.pictures(CODE), studio.sent_pictures(CODE)
    window: Window = {"since_ns": clock(1), "until_ns": clock(5)}
    assert "track code 4" in str(first_frame_lag(recording, 4, sent=sent, **window).missing)
    assert first_frame_lag(studio.absent_pictures(), 3, sent=sent, **window).missing is not None
    nowhere = Path(recording.path.parent / "absent.sent")
    assert first_frame_lag(recording, 3, sent=nowhere, **window).missing is not None
