from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli import main


def test_stored_runs_are_counted(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flips"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("1 stored run: nothing was repeated\n")
    assert "MUTE-005" in text


def test_another_folder_can_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flips", "--reports", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "0 stored runs: nothing was repeated\n"


def test_a_folder_that_is_not_there_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["flips", "--reports", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.startswith("livekit-harness: there is no folder ")
