from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from numpy.typing import NDArray

from harness.signals.picture import ColourCode
from harness.verifiers.frame_metadata import ids_that_disagree, metadata_latency_error
from harness.verifiers.latency_series import SeenPictures
from tests.verifiers.conftest import at

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.verifiers.conftest import Studio, Window

CODE = ColourCode(track_code=3, fps=30)
WINDOW: Window = {"since_ns": at(1), "until_ns": at(5)}


def seen(studio: Studio, spoil: Callable[[NDArray[Any]], None] | None = None) -> SeenPictures:
    def edit(frames: NDArray[Any]) -> NDArray[Any]:
        frames["frame_id"] = frames["counter"]
        frames["user_timestamp_us"] = studio.due_ns(CODE, frames["counter"].astype(int)) // 1000
        if spoil is not None:
            spoil(frames)
        return frames

    recording = studio.pictures(CODE, edit=edit)
    return SeenPictures(recording=recording, track_code=3, sent=studio.sent_pictures(CODE))


def test_metadata_that_is_true_agrees(studio: Studio) -> None:
    assert ids_that_disagree(seen(studio), **WINDOW).value == 0
    apart = metadata_latency_error(seen(studio), **WINDOW)
    assert apart.value == pytest.approx(0, abs=0.001)
    assert apart.rests_on == 120
    assert apart.error == 0.001


def test_an_id_of_another_picture_is_told(studio: Studio) -> None:
    def spoil(frames: NDArray[Any]) -> None:
        frames["frame_id"][60:63] += 1

    measured = ids_that_disagree(seen(studio, spoil), **WINDOW)
    assert measured.value == 3
    assert "with id" in measured.notes[0]


def test_a_capture_time_that_is_off_is_told(studio: Studio) -> None:
    def spoil(frames: NDArray[Any]) -> None:
        frames["user_timestamp_us"][60] += 7_000
        frames["user_timestamp_us"][61] = 0

    measured = metadata_latency_error(seen(studio, spoil), **WINDOW)
    assert measured.value == pytest.approx(7, abs=0.001)
    assert measured.notes == ("1 came without",)


def test_pictures_without_metadata_have_the_wrong_id_and_no_time(studio: Studio) -> None:
    def spoil(frames: NDArray[Any]) -> None:
        frames["frame_id"], frames["user_timestamp_us"] = 0, 0

    assert ids_that_disagree(seen(studio, spoil), **WINDOW).value == 120
    assert "no picture came with" in str(
        metadata_latency_error(seen(studio, spoil), **WINDOW).missing
    )


def test_no_pictures_are_no_evidence(studio: Studio) -> None:
    gone = SeenPictures(
        recording=studio.absent_pictures(), track_code=3, sent=studio.sent_pictures(CODE)
    )
    assert ids_that_disagree(gone, **WINDOW).value is None
    assert metadata_latency_error(gone, **WINDOW).value is None
