from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.evidence.kept_pictures import KEPT_HEADER, i420_bytes, kept_pictures
from harness.evidence.recording import FRAME_DTYPE, VideoRecording

SIZES = [(64, 36), (65, 37), (64, 36)]


@pytest.fixture
def recording(tmp_path: Path) -> VideoRecording:
    """Six observations, of which pictures 0, 2 and 4 were kept: grey of 10, 12 and 14."""
    frames = np.zeros(6, dtype=FRAME_DTYPE)
    frames["counter"] = np.arange(6)
    kept = b""
    for place, (width, height) in zip((0, 2, 4), SIZES, strict=True):
        frames["width"][place], frames["height"][place] = width, height
        luma = np.full(width * height, 10 + place, dtype=np.uint8)
        colour = bytes(i420_bytes(width, height) - width * height)
        kept += KEPT_HEADER.pack(place, width, height) + luma.tobytes() + colour
    (tmp_path / "face.frames").write_bytes(frames.tobytes())
    (tmp_path / "face.kept").write_bytes(kept)
    return VideoRecording(path=tmp_path / "face.frames")


@pytest.mark.parametrize(("width", "height", "size"), [(64, 36, 3456), (3, 3, 17), (1, 1, 3)])
def test_colour_planes_round_up(width: int, height: int, size: int) -> None:
    assert i420_bytes(width, height) == size


def test_kept_pictures_come_back_with_what_was_observed(recording: VideoRecording) -> None:
    kept = list(kept_pictures(recording))

    assert [int(picture.observed["counter"]) for picture in kept] == [0, 2, 4]
    assert [picture.luma.shape for picture in kept] == [(h, w) for w, h in SIZES]
    assert [np.unique(picture.luma).tolist() for picture in kept] == [[10], [12], [14]]


@pytest.mark.parametrize("cut", [1, 3455, 3456 + KEPT_HEADER.size - 1])
def test_file_that_was_cut_ends_with_its_last_whole_picture(
    recording: VideoRecording, cut: int
) -> None:
    path = recording.path.with_suffix(".kept")
    path.write_bytes(path.read_bytes()[:-cut])

    assert len(list(kept_pictures(recording))) == 2


def test_pictures_without_their_observation_are_left_out(recording: VideoRecording) -> None:
    recording.path.write_bytes(recording.path.read_bytes()[: 3 * FRAME_DTYPE.itemsize])

    assert len(list(kept_pictures(recording))) == 2


def test_file_of_another_recording_is_refused(recording: VideoRecording) -> None:
    recording.frames["width"][2] = 80

    with pytest.raises(ValueError, match=r"holds 65×37 where face\.frames says 80×37"):
        list(kept_pictures(recording))


def test_nothing_kept_is_no_file(recording: VideoRecording) -> None:
    recording.path.with_suffix(".kept").unlink()

    with pytest.raises(FileNotFoundError):
        list(kept_pictures(recording))
