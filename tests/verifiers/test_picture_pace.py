from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.recording import VideoRecording
from harness.signals.picture import ColourCode
from harness.verifiers.picture_pace import frame_rate, timestamp_error
from tests.verifiers.conftest import PICTURE_LATENCY_MS

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio, Window

Clock = Callable[[float], int]
CODE = ColourCode(track_code=3, fps=20)


@pytest.fixture
def window(clock: Clock) -> Window:
    return {"since_ns": clock(1), "until_ns": clock(5)}


def stamped(studio: Studio, *, late_us: int = 0) -> VideoRecording:
    """Pictures with the timestamps of a clock that shows 7 s more; one of them is late."""

    def edit(frames: NDArray[Any]) -> NDArray[Any]:
        captured_ns = frames["arrival_ns"] - PICTURE_LATENCY_MS * NS_PER_MS
        frames["timestamp_us"] = captured_ns // 1000 + 7_000_000
        frames["timestamp_us"][50] += late_us
        return frames

    return studio.pictures(CODE, edit=edit)


def test_rate_is_that_of_the_pictures_that_came(studio: Studio, window: Window) -> None:
    measured = frame_rate(studio.pictures(CODE), 3, **window)
    assert measured.value == pytest.approx(20, abs=0.01)
    assert measured.error == pytest.approx(20 * 0.004 / (79 / 20))
    half = studio.pictures(CODE, edit=lambda frames: frames[::2])
    assert frame_rate(half, 3, **window).value == pytest.approx(10, abs=0.01)


def test_a_stall_lowers_the_rate(studio: Studio, window: Window) -> None:
    measured = frame_rate(studio.pictures(CODE, gaps=[(2, 3)]), 3, **window)
    assert measured.value == pytest.approx(15, abs=0.4)


def test_timestamps_follow_the_captures(studio: Studio, window: Window) -> None:
    measured = timestamp_error(stamped(studio), 3, sent=studio.sent_pictures(CODE), **window)
    assert measured.value == pytest.approx(0, abs=0.01)
    assert measured.rests_on == 80


@pytest.mark.parametrize("late_us", [40_000, -40_000])
def test_one_wrong_timestamp_is_found(studio: Studio, window: Window, late_us: int) -> None:
    recording = stamped(studio, late_us=late_us)
    measured = timestamp_error(recording, 3, sent=studio.sent_pictures(CODE), **window)
    assert measured.value == pytest.approx(40, abs=0.01)
    assert f"{late_us / 1000:+.2f}" in measured.notes[0]


def test_without_pictures_there_is_no_pace(studio: Studio, window: Window) -> None:
    sent, recording = studio.sent_pictures(CODE), stamped(studio)
    few = studio.pictures(CODE, gaps=[(1.2, 6)])
    assert "5 needed" in str(frame_rate(few, 3, **window).missing)
    assert "5 needed" in str(timestamp_error(few, 3, sent=sent, **window).missing)
    assert frame_rate(studio.absent_pictures(), 3, **window).value is None
    assert timestamp_error(recording, 4, sent=sent, **window).value is None
    nowhere = Path(studio.folder / "absent.sent")
    assert timestamp_error(recording, 3, sent=nowhere, **window).value is None
