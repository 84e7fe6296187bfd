from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from harness.report.pictures.attempt_folder import STATISTICS, AttemptFolder
from harness.report.pictures.losses import MOST_BURSTS, MOST_TRACKS, losses_drawn, losses_words
from tests.evidence.ledger_recorder import BOB_DOWN, DROPPED, VIDEO, call, rtp
from tests.report.pictures.evidence import (
    LOST,
    at,
    attempt,
    fault,
    opened,
    write_statistics,
    write_tracks,
)


def drawn_of(folder: AttemptFolder) -> str:
    drawn = losses_drawn(folder, bands=(), marks=())
    assert drawn is not None
    ET.fromstring(drawn)
    return drawn


def rows_of(drawn: str) -> list[list[str | None]]:
    return [[cell.text for cell in row] for row in ET.fromstring(drawn).iter("tr")][1:]


def test_what_a_track_lost_is_a_curve_and_a_burst(folder: AttemptFolder) -> None:
    drawn = drawn_of(folder)
    assert f"altered by the gateway: bob TR_v {LOST}, bob, SDK {LOST}" in drawn
    assert rows_of(drawn) == [["0.50", "0.56", f"{LOST}", "bob TR_v", "loss"]]


@pytest.mark.parametrize(
    ("profile", "sabotage", "said"),
    [
        ("clean", None, "by the scenario or by a sabotage: the profile, clean, orders nothing."),
        ("clean", "holes", "the attempt ran under the sabotage holes."),
        ("wifi", None, "by the profile wifi or by the scenario."),
    ],
)
def test_whose_order_it_was_is_told_as_far_as_it_is_known(
    folder: AttemptFolder, profile: str, sabotage: str | None, said: str
) -> None:
    one = attempt()
    cell = replace(one.cell, profile=profile, sabotage=sabotage)
    drawn = drawn_of(AttemptFolder(folder.path, replace(one, cell=cell)))
    assert "The gateway, a part of this harness, was ordered to lose them (loss)" in drawn
    assert said in drawn


def lossy(path: Path, *causes: int) -> AttemptFolder:
    """Of bob's picture each packet with its cause, 10 ms apart."""
    recorder = call(path)
    recorder.bind(fault(0.0, "bob", impairment="loss", ratio=0.5))
    for number, cause in enumerate(causes):
        recorder.packet(
            at(1.0 + number / 100), rtp(number, VIDEO, 96), stream=BOB_DOWN, cause=cause
        )
    recorder.ledger()
    return opened(path)


def test_a_burst_ends_where_a_packet_passes(tmp_path: Path) -> None:
    drawn = drawn_of(lossy(tmp_path, DROPPED, DROPPED, 0, DROPPED, 0))
    assert rows_of(drawn) == [
        ["1.00", "1.01", "2", "bob TR_v", "loss"],
        ["1.03", "1.03", "1", "bob TR_v", "loss"],
    ]


def test_what_nobody_ordered_says_so(tmp_path: Path) -> None:
    drawn = drawn_of(lossy(tmp_path, 0, 2, 0))
    assert "The gateway was not ordered to lose them." in drawn
    assert rows_of(drawn)[0][-1] == "socket full"


def test_what_was_ordered_in_part_says_so(tmp_path: Path) -> None:
    drawn = drawn_of(lossy(tmp_path, DROPPED, 0, 2, 0))
    assert "was ordered to lose some of them (loss)" in drawn


def test_only_the_longest_bursts_are_told(tmp_path: Path) -> None:
    causes = [DROPPED, 0] * (MOST_BURSTS + 2) + [DROPPED, DROPPED]
    drawn = drawn_of(lossy(tmp_path, *causes))
    assert len(rows_of(drawn)) == MOST_BURSTS
    assert "And 3 shorter, of 3 packets." in drawn
    assert rows_of(drawn)[-1][2] == "2"


def test_tracks_that_lost_least_are_told_together(tmp_path: Path) -> None:
    write_tracks(tmp_path, MOST_TRACKS + 2, cause=DROPPED)
    drawn = drawn_of(opened(tmp_path))
    assert "alice TR_2 3, 2 other tracks 3" in drawn


def test_whether_receivers_counted_is_told(tmp_path: Path) -> None:
    folder = lossy(tmp_path, DROPPED)
    assert "was not measured" in drawn_of(folder)
    write_statistics(tmp_path, 0)
    assert "Receivers reported none." in drawn_of(opened(tmp_path))
    write_statistics(tmp_path, 4)
    said = drawn_of(opened(tmp_path))
    assert "bob, SDK 4" in said
    assert "Receivers reported" not in said


def test_a_count_that_is_none_is_not_drawn(tmp_path: Path) -> None:
    folder = lossy(tmp_path, DROPPED)
    write_statistics(tmp_path, 4)
    file = tmp_path / STATISTICS
    file.write_bytes(file.read_bytes().replace(b'lost":4', b'lost":4' + b"0" * 400))

    assert "Receivers reported none." in drawn_of(folder)


def test_only_receivers_counted(tmp_path: Path) -> None:
    folder = lossy(tmp_path, 0)
    write_statistics(folder.path, 4)
    drawn = drawn_of(folder)
    assert "nothing was lost" in drawn
    assert not rows_of(drawn)


def test_nothing_lost_is_no_picture(tmp_path: Path) -> None:
    folder = lossy(tmp_path, 0)
    write_statistics(tmp_path, 0)
    assert losses_drawn(folder, bands=(), marks=()) is None
    (tmp_path / STATISTICS).unlink()
    assert losses_drawn(opened(tmp_path), bands=(), marks=()) is None


def test_no_packets_are_no_picture(tmp_path: Path) -> None:
    call(tmp_path).ledger()
    assert losses_drawn(opened(tmp_path), bands=(), marks=()) is None


def test_what_was_lost_is_told_in_words(folder: AttemptFolder, tmp_path: Path) -> None:
    assert losses_words(folder) == (
        f"Packets lost in attempt 1: bob TR_v {LOST}. The gateway, a part of this harness, was "
        "ordered to lose them (loss) by the scenario or by a sabotage: the profile, clean, orders "
        "nothing."
    )
    (tmp_path / "none").mkdir()
    assert losses_words(lossy(tmp_path / "none", 0)) == ""
