from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.evidence.recording import VideoRecording
from harness.evidence.thumbnails import BYTES, HEIGHT, WIDTH, thumbnail
from harness.participant.thumbnail_file import ThumbnailFile
from harness.signals.picture import i420_planes

# Y, U, V of ITU-R BT.601 in limited range, and what is seen.
COLOURS = [
    ((16, 128, 128), (0, 0, 0)),
    ((235, 128, 128), (255, 255, 255)),
    ((82, 90, 240), (255, 1, 0)),
    ((144, 54, 34), (0, 255, 0)),
    ((41, 240, 110), (0, 0, 255)),
]


def written(folder: Path, *pictures: bytes, width: int, height: int) -> VideoRecording:
    recording = VideoRecording(path=folder / "face.frames")
    file = ThumbnailFile(recording.path)
    for picture in pictures:
        file.append(i420_planes(picture, width, height))
    file.close()
    return recording


@pytest.mark.parametrize("size", [(64, 36), (65, 37), (1280, 720), (8, 8), (1, 1)])
def test_colours_are_seen_whatever_the_size(tmp_path: Path, size: tuple[int, int]) -> None:
    width, height = size
    chroma = (width + 1) // 2 * ((height + 1) // 2)
    pictures = [
        bytes([y]) * (width * height) + bytes([u]) * chroma + bytes([v]) * chroma
        for (y, u, v), _ in COLOURS
    ]
    recording = written(tmp_path, *pictures, width=width, height=height)
    for place, (_, rgb) in enumerate(COLOURS):
        seen = thumbnail(recording, place)
        assert seen is not None
        assert seen.shape == (HEIGHT, WIDTH, 3)
        assert np.abs(seen.astype(int) - rgb).max() <= 2


def test_points_lie_where_they_were(tmp_path: Path) -> None:
    luma = np.full((360, 640), 16, dtype=np.uint8)
    luma[:180, 320:] = 235
    picture = luma.tobytes() + bytes([128]) * (640 * 360 // 2)
    seen = thumbnail(written(tmp_path, picture, width=640, height=360), 0)
    assert seen is not None
    assert (seen[:9, 16:] == 255).all()
    assert (seen[9:] == 0).all()
    assert (seen[:, :16] == 0).all()


def test_one_that_was_not_written_is_none(tmp_path: Path) -> None:
    recording = VideoRecording(path=tmp_path / "face.frames")
    assert thumbnail(recording, 0) is None
    recording.path.with_suffix(".thumbs").write_bytes(bytes(BYTES + BYTES - 1))
    assert thumbnail(recording, 0) is not None
    assert thumbnail(recording, 1) is None
    assert thumbnail(recording, 2**31) is None
