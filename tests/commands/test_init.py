from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli import main
from harness.commands.init import make_starter

pytest_plugins = ["pytester"]
FILES = [".gitignore", "README.md", "app.py", "clauses.toml", "pytest.ini", "test_app.py"]


def test_it_makes_the_files_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 0
    first, second = capsys.readouterr().out.splitlines()

    assert sorted(path.name for path in (tmp_path / "scenarios").iterdir()) == FILES
    assert first == f"scenarios: {', '.join(name for name in FILES if name != '.gitignore')}"
    assert second == "next: cd scenarios && pytest"
    assert len((tmp_path / "scenarios" / "README.md").read_text().splitlines()) == 5


def test_among_scenarios_no_others_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_starter(tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path / "scenarios")

    assert main(["init"]) == 2
    assert capsys.readouterr().err == (
        "livekit-harness: pytest.ini names scenarios here: run pytest, or go elsewhere for more\n"
    )


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path)]) == 0
    assert (tmp_path / "test_app.py").is_file()


@pytest.mark.parametrize("is_file", [True, False])
def test_nothing_is_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], is_file: bool
) -> None:
    mine = tmp_path / "mine"
    if not is_file:
        mine.mkdir()
    (mine if is_file else mine / "app.py").write_text("mine")
    assert main(["init", str(mine)]) == 2
    captured = capsys.readouterr()

    assert captured.err == (
        f"livekit-harness: {mine} is there, and nothing is overwritten: name a new folder\n"
    )
    assert captured.out == ""
    assert [path.read_text() for path in tmp_path.rglob("*") if path.is_file()] == ["mine"]


def test_a_folder_that_cannot_be_made_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert main(["init", str(tmp_path / "file" / "new")]) == 2
    assert capsys.readouterr().err.endswith("file/new cannot be written: Not a directory\n")


def test_the_scenario_that_it_makes_is_collected(tmp_path: Path, pytester: pytest.Pytester) -> None:
    make_starter(pytester.path / "mine")
    collected = pytester.runpytest_inprocess("--collect-only", "-q", str(pytester.path / "mine"))
    collected.stdout.fnmatch_lines(["*test_it_is_heard?clean?", "*test_it_is_heard?wifi-loss5?"])
