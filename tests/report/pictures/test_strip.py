from __future__ import annotations

import base64
import io
import re
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from harness.evidence.recording import FrameStatus, VideoRecording
from harness.participant.thumbnail_file import ThumbnailFile
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.strip import BESIDE, strip_drawn
from harness.report.plots import WIDTH
from harness.signals.picture import ColourCode, PictureWriter, i420_planes
from tests.report.pictures.evidence import EVIL, GAP, frames


def recorded(folder: AttemptFolder, seen: NDArray[Any]) -> VideoRecording:
    path = folder.path / "bob" / "alice-picture1.frames"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(seen.tobytes())
    return VideoRecording(path=path)


def test_the_pictures_beside_the_longest_gap_have_their_numbers(folder: AttemptFolder) -> None:
    drawn = strip_drawn(
        folder, recorded(folder, frames([n for n in range(90) if n not in GAP])), name=EVIL
    )
    assert drawn is not None
    ET.fromstring(drawn)
    assert EVIL not in drawn
    numbers = [int(n) for n in re.findall(r'class="name"[^>]*>(\d+)<', drawn)]
    assert numbers == [*range(40 - BESIDE, 40), *range(60, 60 + BESIDE)]
    assert ">700 ms<" in drawn


def test_what_cannot_be_read_says_why(folder: AttemptFolder) -> None:
    some = frames(range(4))
    some["status"][2] = FrameStatus.LOW_CONTRAST
    some["status"][3] = 200
    drawn = strip_drawn(folder, recorded(folder, some), name="n")
    assert drawn is not None
    assert drawn.count('class="strip unread"') == 2
    assert "not read (low contrast)" in drawn
    assert "not read (200)" in drawn


@pytest.mark.parametrize("count", [2, 3, 99])
def test_everything_stays_inside(folder: AttemptFolder, count: int) -> None:
    drawn = strip_drawn(folder, recorded(folder, frames(range(count))), name="n")
    assert drawn is not None
    for left, wide in re.findall(r'<rect[^>]* x="(\d+)"[^>]* width="(\d+)"', drawn):
        assert int(left) >= 0
        assert int(left) + int(wide) <= WIDTH


def test_one_picture_is_no_strip(folder: AttemptFolder) -> None:
    assert strip_drawn(folder, recorded(folder, frames([1])), name="n") is None


def test_each_picture_looks_as_it_was_seen(folder: AttemptFolder) -> None:
    recording = recorded(folder, frames(range(3)))
    grey, black = bytes([128]) * 96, bytes([16] * 64 + [128] * 32)
    likeness = ThumbnailFile(recording.path)
    for i420, width, height in (
        (PictureWriter(ColourCode(track_code=4)).frame(1), 640, 360),
        (black, 8, 8),
        (grey, 8, 8),
    ):
        likeness.append(i420_planes(i420, width, height))
    likeness.close()

    drawn = strip_drawn(folder, recording, name="n")
    assert drawn is not None
    ET.fromstring(drawn)
    code, dark, middle = (
        np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
        for data in re.findall(r'href="data:image/png;base64,([^"]+)"', drawn)
    )
    assert code.shape == (18, 32, 3)
    assert code[0, :16:2, 1].tolist() == code[1, 1:16:2, 1].tolist()  # four points of a cell
    assert set(dark.ravel().tolist()) == {0}
    assert set(middle.ravel().tolist()) == {130}
    assert 'class="strip"' in drawn


def test_a_picture_that_was_not_kept_is_an_empty_box(folder: AttemptFolder) -> None:
    recording = recorded(folder, frames(range(3)))
    recording.path.with_suffix(".thumbs").write_bytes(bytes(864 + 5))
    drawn = strip_drawn(folder, recording, name="n")
    assert drawn is not None
    assert drawn.count("<image") == 1
    assert drawn.count("<rect") == 3
