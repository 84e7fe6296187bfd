from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from harness.evidence.recording import FrameStatus
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.frames import numbers_drawn, own_pictures, sizes_drawn
from harness.report.plots import Mark
from tests.report.pictures.evidence import EVIL, GAP, TRACK_CODE, frames


def stretches(drawn: str) -> list[int]:
    """How many unbroken stretches each line has."""
    return [path.count("M") for path in re.findall(r'<path class="line[^"]*" d="([^"]*)"', drawn)]


def test_a_freeze_is_a_gap_in_the_line_of_what_was_seen(folder: AttemptFolder) -> None:
    sent = folder.path / "alice/picture1.sent"
    seen = frames([n for n in range(90) if n not in GAP])
    drawn = numbers_drawn(folder, seen, sent=sent, code=TRACK_CODE, name=EVIL, bands=(), marks=())

    assert drawn is not None
    ET.fromstring(drawn)
    assert EVIL not in drawn
    assert stretches(drawn) == [2, 1]
    assert "70 pictures with a number that could be read, 0 without" in drawn


def test_what_was_sent_is_shown_where_nothing_was_seen(folder: AttemptFolder) -> None:
    sent = folder.path / "alice/picture1.sent"
    drawn = numbers_drawn(
        folder, frames([]), sent=sent, code=TRACK_CODE, name="n", bands=(), marks=()
    )
    assert drawn is not None
    assert stretches(drawn) == [1]
    assert (
        numbers_drawn(folder, frames([]), sent=None, code=None, name="n", bands=(), marks=())
        is None
    )


def test_own_pictures_are_those_that_were_read_and_are_of_the_track() -> None:
    some = frames(range(10))
    some["track_code"][:3] = 9
    some["status"][9] = FrameStatus.BAD_CRC
    assert own_pictures(some, TRACK_CODE)["counter"].tolist() == [3, 4, 5, 6, 7, 8]
    assert own_pictures(some, None)["counter"].tolist() == list(range(9))
    assert len(own_pictures(frames([]), None)) == 0


def test_heights_are_drawn_where_they_change(folder: AttemptFolder) -> None:
    same = frames(range(9))
    assert sizes_drawn(folder, same, name="n", bands=(), marks=()) is None
    due = Mark(at=1.0, label="limit of LAY-001", tone="limit")
    assert "limit of LAY-001" in str(sizes_drawn(folder, same, name="n", bands=(), marks=[due]))
    assert sizes_drawn(folder, same[:0], name="n", bands=(), marks=[due]) is None
    same["height"][5:] = 180
    drawn = sizes_drawn(folder, same, name="n", bands=(), marks=())
    assert drawn is not None
    assert "180, 360 pixels high" in drawn
