from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harness.evidence.floors import FLOORS
from harness.report.finding_view import FindingView, finding_views
from harness.report.model import read_report
from harness.report.pictures import drawings as module
from harness.report.pictures.attempt_folder import EVENTS, STATISTICS, AttemptFolder
from harness.report.pictures.drawings import (
    PACKETS,
    PICTURE_FLOOR,
    SOUND_FLOOR,
    Piece,
    drawings,
    has_deeds,
)
from tests.report.conftest import run_events, write
from tests.report.pictures.evidence import message, opened, write_messages


@pytest.fixture
def view(tmp_path: Path) -> FindingView:
    views = finding_views(read_report(write(tmp_path / "run", run_events())))
    return next(view for view in views if view.finding.clause == "MUTE-001")


def titles(folder: AttemptFolder, file: Piece, view: FindingView) -> Iterator[str]:
    for title, draw in drawings(folder, file, view):
        if draw() is not None:
            yield title


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
    folder: AttemptFolder, view: FindingView, file: str, shown: list[str]
) -> None:
    told = list(titles(folder, file, view))
    assert [title.startswith(begin) for title, begin in zip(told, shown, strict=True)] == [
        True for _ in shown
    ]
    assert len(set(told)) == len(told)


def about(view: FindingView, clause: str, floor: str | None) -> FindingView:
    assert view.clause is not None
    return replace(
        view,
        clause=replace(view.clause, id=clause, floor=floor),
        finding=replace(view.finding, clause=clause),
    )


@pytest.mark.parametrize(
    ("file", "floor"),
    [("bob/alice-picture1.frames", PICTURE_FLOOR), ("bob/alice-sound1.wav", SOUND_FLOOR)],
)
def test_only_a_clause_about_its_ages_has_its_limit_drawn(
    call: AttemptFolder, view: FindingView, file: str, floor: str
) -> None:
    distribution, over_time, *_ = titles(call, file, about(view, "LAT-002", floor))
    assert distribution.endswith("was, distribution, and the limit of LAT-002")
    assert over_time.endswith("was, and the limit of LAT-002")
    other = PICTURE_FLOOR if floor == SOUND_FLOOR else SOUND_FLOOR
    for clause, name in (("LAT-002", None), ("LAT-002", other), ("MUTE-001", floor)):
        told = titles(call, file, about(view, clause, name))
        assert not [title for title in told if "limit" in title]


def test_floors_are_called_so() -> None:
    assert {SOUND_FLOOR, PICTURE_FLOOR} < set(FLOORS)


def test_a_sound_and_a_picture_together_have_a_skew(call: AttemptFolder, view: FindingView) -> None:
    both = ("bob/alice-sound1.wav", "bob/alice-picture1.frames")
    assert list(titles(call, both, view)) == [
        "How early the sound was: bob/alice-sound1.wav and bob/alice-picture1.frames"
    ]
    (call.path / "alice/sound1.signal.json").unlink()
    assert list(titles(call, both, view)) == []


def test_of_an_older_run_no_ages_are_drawn(call: AttemptFolder, view: FindingView) -> None:
    (call.path / "alice/picture1.signal.json").unlink()
    told = list(titles(call, "bob/alice-picture1.frames", about(view, "LAT-002", PICTURE_FLOOR)))
    assert not [title for title in told if title.startswith("How old")]


def test_a_sound_without_times_has_no_picture(folder: AttemptFolder, view: FindingView) -> None:
    (folder.path / "bob/alice-sound1.arrivals").unlink()
    assert list(titles(folder, "bob/alice-sound1.wav", view)) == []


def test_a_large_file_is_not_read(
    folder: AttemptFolder, view: FindingView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_FILE_BYTES", 1000)
    with pytest.raises(ValueError, match="larger than"):
        list(titles(folder, "bob/alice-sound1.wav", view))


def test_a_mute_is_a_deed_and_a_departure_is_none(folder: AttemptFolder) -> None:
    assert has_deeds(folder)
    write_messages(folder.path, [message(1.0, "bob", "client", "leave")])
    assert not has_deeds(opened(folder.path))
