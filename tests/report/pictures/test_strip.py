from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from harness.evidence.recording import FrameStatus
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.strip import BESIDE, strip_drawn
from harness.report.plots import WIDTH
from tests.report.pictures.evidence import EVIL, GAP, frames


def test_the_pictures_beside_the_longest_gap_have_their_numbers(folder: AttemptFolder) -> None:
    drawn = strip_drawn(folder, frames([n for n in range(90) if n not in GAP]), name=EVIL)
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
    drawn = strip_drawn(folder, some, name="n")
    assert drawn is not None
    assert drawn.count('class="strip unread"') == 2
    assert "not read (low contrast)" in drawn
    assert "not read (200)" in drawn


@pytest.mark.parametrize("count", [2, 3, 99])
def test_everything_stays_inside(folder: AttemptFolder, count: int) -> None:
    drawn = strip_drawn(folder, frames(range(count)), name="n")
    assert drawn is not None
    for left, wide in re.findall(r'<rect[^>]* x="(\d+)"[^>]* width="(\d+)"', drawn):
        assert int(left) >= 0
        assert int(left) + int(wide) <= WIDTH


def test_one_picture_is_no_strip(folder: AttemptFolder) -> None:
    assert strip_drawn(folder, frames([1]), name="n") is None
