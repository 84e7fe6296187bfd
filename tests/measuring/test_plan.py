from __future__ import annotations

from pathlib import Path

import pytest

from harness.measuring.plan import (
    MeasureError,
    check_folder,
    check_minutes,
    make_folder,
    parse_profiles,
)
from harness.network.profile import ProfileError


def test_profiles_are_named_in_order_and_may_be_files(tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    own.write_text('title = "t"\ncite = "ours: a test"\n[[phase]]\nat_s = 0\n')

    assert [p.name for p in parse_profiles(f"3g, clean,{own}")] == ["3g", "clean", "mine"]


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "names none"), (" ,", "names none"), ("3g,clean,3g", "names 3g 2 times")],
)
def test_none_and_one_twice_are_refused(text: str, says: str) -> None:
    with pytest.raises(MeasureError, match=says):
        parse_profiles(text)


def test_an_unknown_profile_is_named() -> None:
    with pytest.raises(ProfileError, match="no profile 'nope'"):
        parse_profiles("clean,nope")


@pytest.mark.parametrize("minutes", [0, -1, 0.05, 61, float("nan"), float("inf")])
def test_minutes_have_a_range(minutes: float) -> None:
    with pytest.raises(MeasureError, match=r"choose 0\.1 to 60"):
        check_minutes(minutes)


def test_a_folder_is_new_or_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert make_folder(Path("a/b")) == tmp_path / "a" / "b"
    assert make_folder(Path("a/b")).is_dir()
    assert make_folder(None).parent == tmp_path / "measurements"


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "mine"
    file.write_text("x")

    for taken in (tmp_path, file):
        with pytest.raises(MeasureError, match="is not an empty folder: name another"):
            check_folder(taken)
    with pytest.raises(MeasureError, match="cannot make the folder"):
        make_folder(file / "below")


def test_a_folder_that_is_not_there_or_empty_can_be_had(tmp_path: Path) -> None:
    for free in (None, tmp_path, tmp_path / "new"):
        check_folder(free)
