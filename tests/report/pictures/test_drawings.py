from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from harness.evidence.finding import Finding
from harness.evidence.measurement import Seen, Series
from harness.report.pictures import drawings as module
from harness.report.pictures.attempt_folder import EVENTS, STATISTICS, AttemptFolder
from harness.report.pictures.drawings import PACKETS, Piece, drawings, has_deeds
from harness.report.pictures.limits import UNITS, SeenLimits
from tests.report.pictures.evidence import at, message, opened, write_messages

NONE = SeenLimits()
SOUND, PICTURE = "bob/alice-sound1.wav", "bob/alice-picture1.frames"


def titles(folder: AttemptFolder, file: Piece, seen: SeenLimits = NONE) -> Iterator[str]:
    for drawing in drawings(folder, file, seen):
        if drawing.draw() is not None:
            yield drawing.title


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        ("bob/alice-sound1.wav", ["How loud", "Frequencies"]),
        ("bob/alice-picture1.frames", ["How old", "Pictures", "Pictures"]),
        (PACKETS, ["Packets", "Packets", "Packets"]),
        (STATISTICS, ["Packets"]),
        (EVENTS, ["What"]),
        ("gateway.log", []),
    ],
)
def test_each_kind_of_file_has_its_pictures(
    folder: AttemptFolder, file: str, shown: list[str]
) -> None:
    told = list(titles(folder, file))
    assert [title.startswith(begin) for title, begin in zip(told, shown, strict=True)] == [
        True for _ in shown
    ]
    assert len(set(told)) == len(told)


@pytest.mark.parametrize(
    ("series", "file", "piece", "drawn"),
    [
        (Series.LEVEL, SOUND, SOUND, ["How loud"]),
        (Series.AGE, SOUND, SOUND, ["How old", "How old"]),
        (Series.AGE, PICTURE, PICTURE, ["How old", "How old"]),
        (Series.PICTURES, PICTURE, PICTURE, ["Pictures in"]),
        (Series.HEIGHT, PICTURE, PICTURE, ["How high"]),
        (Series.SKEW, SOUND, (SOUND, PICTURE), ["How early"]),
        (Series.EVENTS, "bob/events.ndjson", EVENTS, ["What"]),
        (Series.PACKETS_UP, "arrivals.bin", PACKETS, ["Packets from participants"]),
        (Series.PACKETS_DOWN, "arrivals.bin", PACKETS, ["Packets to participants"]),
    ],
)
def test_a_limit_is_drawn_where_its_value_can_be_seen_and_nowhere_else(
    call: AttemptFolder, finding: Finding, series: Series, file: str, piece: Piece, drawn: list[str]
) -> None:
    timed = UNITS[series] is None
    seen = Seen(series=series, file=file, since_ns=at(1.0) if timed else None)
    unit = "ms" if timed else UNITS[series]
    limits = SeenLimits([replace(finding, seen=seen, unit=unit, limit={"max": 300.0})])
    shown = list(drawings(call, piece, limits))

    with_limit = [one.title for one in shown if "limit of MUTE-001" in str(one.draw())]
    assert with_limit == [one.title for one in shown if one.limits.are_of("MUTE-001")]
    assert [title.startswith(begin) for title, begin in zip(with_limit, drawn, strict=True)] == [
        True for _ in drawn
    ]
    assert all(title.endswith(", and the limit of MUTE-001") for title in with_limit)
    for other in ((SOUND, PICTURE), SOUND, PICTURE, PACKETS, EVENTS, STATISTICS):
        if other != piece:
            assert not [title for title in titles(call, other, limits) if "limit" in title]


def test_of_an_older_run_no_ages_are_drawn(call: AttemptFolder) -> None:
    (call.path / "alice/picture1.signal.json").unlink()
    assert not [title for title in titles(call, PICTURE) if title.startswith("How old")]


def test_a_sound_and_a_picture_together_have_a_skew(call: AttemptFolder) -> None:
    both = (SOUND, PICTURE)
    assert list(titles(call, both)) == [
        "How early the sound was: bob/alice-sound1.wav and bob/alice-picture1.frames"
    ]
    (call.path / "alice/sound1.signal.json").unlink()
    assert list(titles(call, both)) == []


def test_a_sound_without_times_has_no_picture(folder: AttemptFolder) -> None:
    (folder.path / "bob/alice-sound1.arrivals").unlink()
    assert list(titles(folder, SOUND)) == []


def test_a_large_file_is_not_read(folder: AttemptFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_FILE_BYTES", 1000)
    with pytest.raises(ValueError, match="larger than"):
        list(titles(folder, SOUND))


def test_a_mute_is_a_deed_and_a_departure_is_none(folder: AttemptFolder) -> None:
    assert has_deeds(folder)
    write_messages(folder.path, [message(1.0, "bob", "client", "leave")])
    assert not has_deeds(opened(folder.path))
