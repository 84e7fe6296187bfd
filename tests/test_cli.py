from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli import main
from harness.evidence.run_event import Note
from harness.evidence.run_folder import RunFolder


def test_report_of_a_killed_run_says_so_and_writes_the_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = RunFolder(tmp_path)
    folder.append(Note(at_ns=1, text="a note"))
    folder.close()
    assert main(["report", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("CUT SHORT: ")
    assert (tmp_path / "report.html").is_file()


def test_clauses_are_listed_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clauses"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= 20
    assert any(line.startswith("MUTE-001   MUST   ") for line in lines)


def test_one_area_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clauses", "--area", "MUTE"]) == 0
    assert all(line.startswith("MUTE-") for line in capsys.readouterr().out.splitlines())


def test_one_clause_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clauses", "show", "MUTE-002"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("MUTE-002  ")
    assert "≤ 300 ms" in text


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["report", "/nowhere"], "/nowhere is not the folder of a run"),
        (["clauses", "show", "MUTE-02"], "did you mean MUTE-0"),
        (["clauses", "--area", "MUTT"], "no area 'MUTT'"),
    ],
)
def test_a_mistake_is_one_line(
    argv: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("livekit-harness: ")
    assert says in captured.err
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize("argv", [[], ["dance"], ["report"], ["clauses", "show"]])
def test_wrong_arguments_are_exit_2(argv: list[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(argv)
    assert raised.value.code == 2


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f"{sys.executable} -c 'from harness.cli import main; exit(main())' clauses | true"
    ended = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, timeout=30, check=False
    )
    assert ended.stderr == b""
    assert ended.returncode == 0
