from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from harness.evidence.recording import AudioRecording, VideoRecording
from harness.measuring.call import Call
from harness.measuring.series import (
    FILE,
    CallRow,
    FreezeRow,
    MarkerRow,
    MissingRow,
    PictureRow,
    Row,
    SkewRow,
    rows,
    write_series,
)
from harness.measuring.timed import skew_over_time
from tests.measuring.fake_call import SOUND_LATENCY_MS, fake_call, read_series
from tests.verifiers.conftest import PICTURE_LATENCY_MS, at


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Call:
    """Ten seconds with a freeze of one, two seconds of silence, and no picture at the end."""
    folder = tmp_path_factory.mktemp("call")
    return fake_call(folder, until_s=13, frozen=[(6, 7), (12.8, 13.2)], silent=[(8, 10)])


@pytest.fixture(scope="module")
def told(call: Call) -> list[Row]:
    write_series(call, skew_over_time(call))
    return read_series(call.folder / FILE)


def test_the_first_line_is_the_call(told: list[Row], call: Call) -> None:
    assert told[0] == CallRow(
        asked_ns=call.sound_asked_ns, since_ns=call.since_ns, until_ns=call.until_ns
    )


def test_every_picture_that_was_sent_has_its_age_or_is_lost(told: list[Row]) -> None:
    pictures = [row for row in told if isinstance(row, PictureRow)]
    came = [row for row in pictures if row.arrived_ns is not None]
    lost = [row for row in pictures if row.lost]
    open_end = [row for row in pictures if row.arrived_ns is None and not row.lost]

    assert [row.number for row in pictures] == list(
        range(pictures[0].number, pictures[0].number + len(pictures))
    )
    assert {row.age_ms for row in came} == {PICTURE_LATENCY_MS}
    assert len(lost) == 30
    assert all(at(5.98) < row.captured_ns < at(7) for row in lost)
    assert len(open_end) == 6
    assert all(at(12.78) < row.captured_ns < at(13) for row in open_end)


def test_a_marker_that_was_not_heard_is_told_when_it_was_sent(told: list[Row]) -> None:
    markers = [row for row in told if isinstance(row, MarkerRow)]
    lost = [row for row in markers if row.lost]

    assert {round(row.age_ms, 1) for row in markers if row.age_ms is not None} == {
        float(SOUND_LATENCY_MS)
    }
    assert len(lost) == 4
    assert all(at(7.5) < row.captured_ns < at(10) for row in lost)
    steps = {b.captured_ns - a.captured_ns for a, b in pairwise(markers)}
    assert max(abs(step - 500_000_000) for step in steps) < 100_000


def test_skew_and_freezes_are_told(told: list[Row]) -> None:
    skews = [row.skew_ms for row in told if isinstance(row, SkewRow)]
    frozen = [row for row in told if isinstance(row, FreezeRow)]

    assert set(map(round, skews)) == {PICTURE_LATENCY_MS - SOUND_LATENCY_MS}
    assert [(round(row.ms, -1), row.lasting) for row in frozen] == [(1030, False), (220, True)]


def test_what_is_not_there_has_its_reason(call: Call, tmp_path: Path) -> None:
    bare = replace(
        call,
        sound=AudioRecording(path=tmp_path / "no.wav"),
        pictures=VideoRecording(path=tmp_path / "no.frames"),
    )
    _, *told = rows(bare, skew_over_time(bare))

    assert all(isinstance(row, MissingRow) for row in told)
    assert [row.of for row in told if isinstance(row, MissingRow)] == [
        "picture", "marker", "skew", "freeze"
    ]  # fmt: skip
