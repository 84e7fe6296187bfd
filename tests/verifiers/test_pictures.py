from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_S
from harness.evidence.recording import FRAME_DTYPE, FrameStatus
from harness.signals.picture import ColourCode
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.pictures import Pictures, new_pictures, open_pictures

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio

Clock = Callable[[float], int]


def seen(*pictures: tuple[float, int], track_code: int = 3) -> Pictures:
    """Pictures of a track by second of arrival and number."""
    frames = np.zeros(len(pictures), dtype=FRAME_DTYPE)
    frames["arrival_ns"] = [round(at_s * NS_PER_S) for at_s, _ in pictures]
    frames["counter"] = [number for _, number in pictures]
    frames["track_code"], frames["status"] = track_code, FrameStatus.READ
    return Pictures(file="face.frames", frames=frames)


def test_new_is_what_has_a_number_above_all_before_it() -> None:
    pictures = seen((1, 0), (2, 5), (3, 5), (4, 4), (5, 6), (6, 2), (7, 9), (8, 10))
    times, numbers = new_pictures(pictures, 3, 8 * NS_PER_S)
    assert numbers.tolist() == [0, 5, 6, 9]
    assert times.tolist() == [at_s * NS_PER_S for at_s in (1, 2, 5, 7)]
    assert [part.tolist() for part in new_pictures(pictures, 4, 8 * NS_PER_S)] == [[], []]


@pytest.mark.parametrize(
    ("later_s", "further", "stepped"),
    [
        (11.0, 1, False),
        (11.1, 1, True),
        (24.0, 15, False),
        (25.0, 15, False),
        (25.1, 15, True),
        (0.1, 200, False),
    ],
)
def test_no_buffer_holds_a_picture_for_more_than_ten_seconds(
    later_s: float, further: int, stepped: bool
) -> None:
    pictures = seen((1, 7), (1 + later_s, 7 + further))
    if stepped:
        with pytest.raises(NoEvidenceError, match=f"pictures 7 and {7 + further} came"):
            new_pictures(pictures, 3, 99 * NS_PER_S)
    else:
        assert len(new_pictures(pictures, 3, 99 * NS_PER_S)[0]) == 2


def test_rejected_pictures_are_counted_by_reason(studio: Studio, clock: Clock) -> None:
    def spoil(frames: NDArray[Any]) -> NDArray[Any]:
        frames["status"][20:22] = FrameStatus.TOO_SMALL
        frames["status"][30] = FrameStatus.BAD_CRC
        frames["track_code"][40] = 9
        return frames

    pictures = open_pictures(studio.pictures(ColourCode(track_code=3), edit=spoil))
    (note,) = pictures.rejects(3, clock(0), clock(6))
    assert note == "not counted: 2 too small, 1 bad crc, 1 of another track"
    assert len(pictures.of(3, clock(0), clock(6))) == len(pictures.frames) - 4
    assert pictures.rejects(3, clock(4), clock(6)) == ()


def test_recording_cut_in_the_middle_of_a_record_is_read(studio: Studio) -> None:
    recording = studio.pictures(ColourCode(track_code=3))
    recording.path.write_bytes(recording.path.read_bytes()[:-5])
    assert len(open_pictures(recording).frames) > 80


def test_no_recording_is_no_evidence(studio: Studio) -> None:
    with pytest.raises(NoEvidenceError, match="no recording bob/absent"):
        open_pictures(studio.absent_pictures())
