from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harness.report.finding_view import FindingView, finding_views
from harness.report.model import read_report
from harness.report.pictures import drawings as module
from harness.report.pictures.attempt_folder import EVENTS, STATISTICS, AttemptFolder
from harness.report.pictures.drawings import PACKETS, drawings, has_deeds
from tests.report.conftest import run_events, write
from tests.report.pictures.evidence import message, opened, write_messages


@pytest.fixture
def view(tmp_path: Path) -> FindingView:
    views = finding_views(read_report(write(tmp_path / "run", run_events())))
    return next(view for view in views if view.finding.clause == "MUTE-001")


def titles(folder: AttemptFolder, file: str, view: FindingView) -> Iterator[str]:
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


def test_only_a_clause_about_ages_has_its_limit_drawn(
    folder: AttemptFolder, view: FindingView
) -> None:
    assert view.clause is not None
    old = replace(
        view,
        clause=replace(view.clause, id="LAT-002"),
        finding=replace(view.finding, clause="LAT-002"),
    )
    distribution, over_time, *_ = titles(folder, "bob/alice-picture1.frames", old)
    assert distribution.endswith("were, distribution, and the limit of LAT-002")
    assert over_time.endswith("were, and the limit of LAT-002")


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
