from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from numpy.typing import NDArray

from harness.evidence.recording import FrameStatus
from harness.signals.picture import ColourCode
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.pictures import open_pictures

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio

Clock = Callable[[float], int]


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
