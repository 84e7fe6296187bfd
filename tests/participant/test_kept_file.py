from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.evidence.kept_pictures import KEPT_HEADER, i420_bytes, kept_pictures
from harness.evidence.recording import FRAME_DTYPE, VideoRecording
from harness.participant import kept_file
from harness.participant.kept_file import KeptFile
from harness.signals.picture import Planes


def plain(value: int, width: int, height: int) -> Planes:
    """A picture of one value, in lines that are longer than it is wide."""
    luma = np.full((height, width + 7), value, dtype=np.uint8)
    colour = np.full((2, (height + 1) // 2, (width + 1) // 2 + 7), value, dtype=np.uint8)
    luma[:, width:] = colour[:, :, (width + 1) // 2 :] = value + 1
    return luma[:, :width], *colour[:, :, : (width + 1) // 2]


def kept_of(
    path: Path, *, every: int, pictures: int, width: int = 64, height: int = 36
) -> list[int]:
    """Numbers of the pictures that were kept, each filled with its number."""
    file = KeptFile(path, every=every)
    for number in range(pictures):
        file.offer(plain(number, width, height))
    file.close()
    file.close()
    frames = np.zeros(pictures, dtype=FRAME_DTYPE)
    frames["counter"], frames["width"], frames["height"] = np.arange(pictures), width, height
    path.write_bytes(frames.tobytes())
    kept = list(kept_pictures(VideoRecording(path=path)))
    assert all(np.all(picture.luma == picture.observed["counter"]) for picture in kept)
    return [int(picture.observed["counter"]) for picture in kept]


@pytest.mark.parametrize(
    ("every", "pictures", "kept"),
    [(1, 3, [0, 1, 2]), (4, 9, [0, 4, 8]), (4, 8, [0, 4]), (50, 3, [0])],
)
def test_first_and_each_nth_after_it_are_kept(
    tmp_path: Path, every: int, pictures: int, kept: list[int]
) -> None:
    assert kept_of(tmp_path / "face.frames", every=every, pictures=pictures) == kept


def test_odd_sizes_are_kept_whole(tmp_path: Path) -> None:
    assert kept_of(tmp_path / "face.frames", every=1, pictures=2, width=65, height=37) == [0, 1]


def test_no_more_is_kept_than_there_is_room_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = KEPT_HEADER.size + i420_bytes(64, 36)
    monkeypatch.setattr(kept_file, "KEPT_BYTES", 3 * one + 1)

    assert kept_of(tmp_path / "face.frames", every=2, pictures=20) == [0, 2, 4]
    assert (tmp_path / "face.kept").stat().st_size == 3 * one


def test_what_comes_after_the_end_is_let_go(tmp_path: Path) -> None:
    file = KeptFile(tmp_path / "face.frames", every=1)
    file.close()
    file.offer(plain(0, 64, 36))

    assert (tmp_path / "face.kept").stat().st_size == 0
