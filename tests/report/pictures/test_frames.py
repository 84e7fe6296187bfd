from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from harness.evidence.recording import FrameStatus
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.frames import (
    distribution_drawn,
    latencies,
    latency_drawn,
    numbers_drawn,
    own_pictures,
    sizes_drawn,
)
from harness.report.plots import Mark
from tests.report.pictures.evidence import DELAY_MS, EVIL, GAP, frames, write_sent

LIMIT = Mark(at=150.0, label="limit of LAT-002", tone="limit")


def stretches(drawn: str) -> list[int]:
    """How many unbroken stretches each line has."""
    return [path.count("M") for path in re.findall(r'<path class="line[^"]*" d="([^"]*)"', drawn)]


def test_a_freeze_is_a_gap_in_the_line_of_what_was_seen(folder: AttemptFolder) -> None:
    sent = folder.path / "alice/picture1.sent"
    seen = frames([n for n in range(90) if n not in GAP])
    drawn = numbers_drawn(folder, seen, sent=sent, name=EVIL, bands=(), marks=())

    assert drawn is not None
    ET.fromstring(drawn)
    assert EVIL not in drawn
    assert stretches(drawn) == [2, 1]
    assert "70 pictures with a number that could be read, 0 without" in drawn


def test_what_was_sent_is_shown_where_nothing_was_seen(folder: AttemptFolder) -> None:
    sent = folder.path / "alice/picture1.sent"
    drawn = numbers_drawn(folder, frames([]), sent=sent, name="n", bands=(), marks=())
    assert drawn is not None
    assert stretches(drawn) == [1]
    assert numbers_drawn(folder, frames([]), sent=None, name="n", bands=(), marks=()) is None


def test_own_pictures_are_those_that_most_are_of() -> None:
    some = frames(range(10))
    some["track_code"][:3] = 9
    some["status"][9] = FrameStatus.BAD_CRC
    assert own_pictures(some)["counter"].tolist() == [3, 4, 5, 6, 7, 8]
    assert len(own_pictures(frames([]))) == 0


def test_the_age_is_from_hand_over_to_arrival_of_what_was_sent(folder: AttemptFolder) -> None:
    seen = frames([1, 2, 2, 3, 777])
    sent = write_sent(folder.path / "alice", [3, 1, 2], name="mixed")
    ages_ms, arrived_ns = latencies(seen, sent)

    assert ages_ms == pytest.approx([DELAY_MS] * 3)
    assert arrived_ns.tolist() == frames([1, 2, 3])["arrival_ns"].tolist()


def test_ages_are_drawn_under_their_limit(folder: AttemptFolder) -> None:
    sent = folder.path / "alice/picture1.sent"
    ages_ms, arrived_ns = latencies(frames(range(90)), sent)
    over_time = latency_drawn(
        folder, ages_ms, arrived_ns, name=EVIL, bands=(), marks=(), limits=[LIMIT]
    )
    distribution = distribution_drawn(ages_ms, name=EVIL, limits=[LIMIT], floor_ms=24.0)

    for drawn in (over_time, distribution):
        assert drawn is not None
        ET.fromstring(drawn)
        assert EVIL not in drawn
        assert "limit of LAT-002" in drawn
        assert "nan" not in drawn
    assert distribution is not None
    assert "floor of this machine" in distribution


@pytest.mark.parametrize("ages", [[0.0], [0.0, 0.0], [-3.0, 5.0], [1e7]])
def test_odd_ages_are_drawn(folder: AttemptFolder, ages: list[float]) -> None:
    values, when = np.array(ages), np.arange(len(ages), dtype=np.int64)
    for floor_ms in (None, 0.0, 30.0):
        drawn = distribution_drawn(values, name="n", limits=[LIMIT], floor_ms=floor_ms)
        ET.fromstring(drawn or "")
    ET.fromstring(latency_drawn(folder, values, when, name="n", bands=(), marks=()) or "")


def test_no_ages_are_no_picture(folder: AttemptFolder) -> None:
    nothing = np.zeros(0)
    when = np.zeros(0, np.int64)
    assert distribution_drawn(nothing, name="n", limits=[LIMIT], floor_ms=None) is None
    assert latency_drawn(folder, nothing, when, name="n", bands=(), marks=()) is None


def test_heights_are_drawn_where_they_change(folder: AttemptFolder) -> None:
    same = frames(range(9))
    assert sizes_drawn(folder, same, name="n", bands=(), marks=()) is None
    same["height"][5:] = 180
    drawn = sizes_drawn(folder, same, name="n", bands=(), marks=())
    assert drawn is not None
    assert "180, 360 pixels high" in drawn
