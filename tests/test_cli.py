from __future__ import annotations

import os
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from harness.cli import main
from harness.evidence.run_event import Note
from harness.evidence.run_folder import RunFolder
from harness.judging.outcome import ExitCode


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


def test_a_mistake_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "/no\x1b[2Jwhere\u202e"]) == 2
    assert "/no\ufffd[2Jwhere\ufffd is not" in capsys.readouterr().err


@pytest.mark.parametrize("argv", [["dance"], ["report"], ["clauses", "show"]])
def test_wrong_arguments_are_exit_2(argv: list[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(argv)
    assert raised.value.code == 2


def test_nothing_asked_is_answered_with_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "\n    report " in captured.err


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["clause"], "; did you mean clauses?\n"),
        (["profiles", "3g"], "; did you mean show 3g?\n"),
        (["clauses", "--level", "MUSTY"], "(choose from 'MUST', 'SHOULD', 'MAY', 'INFO'); did you"),
        (["compare", "--gate", "-LAT", "a", "b"], "; what begins with a - is written as --gate=-…"),
        (["dance"], "'completion')\n"),
        (["soak", "--times", "2", "-m", "smoke"], "stands behind --: -- -m …\n"),
        (["doctor", "--quick"], "livekit-harness doctor: error: unrecognized arguments: --quick\n"),
    ],
)
def test_a_wrong_argument_says_what_was_meant(
    argv: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(argv)
    assert says in capsys.readouterr().err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["--version"])
    assert raised.value.code == 0
    assert capsys.readouterr().out == f"livekit-harness {version('livekit-harness')}\n"


def unread(*argv: str) -> subprocess.CompletedProcess[bytes]:
    """A command whose reader has left already, and which notices at once."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        return subprocess.run(
            [sys.executable, "-u", "-c", "from harness.cli import main; exit(main())", *argv],
            stdout=writer, stderr=subprocess.PIPE, timeout=30, check=False,
        )  # fmt: skip
    finally:
        os.close(writer)


def test_a_reader_that_leaves_early_is_no_error() -> None:
    ended = unread("clauses")

    assert ended.stderr == b""
    assert ended.returncode == 0


def test_a_reader_that_leaves_early_changes_no_verdict(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.append(Note(at_ns=1, text="a note"))
    folder.close()
    ended = unread("report", str(tmp_path))

    assert ended.stderr == b""
    assert ended.returncode == ExitCode.NOTHING_JUDGED


def test_what_ends_with_its_reader_ends_as_other_programs_do() -> None:
    ended = unread("completion", "bash")

    assert ended.stderr == b""
    assert ended.returncode == 128 + signal.SIGPIPE


def test_output_that_cannot_show_a_character_shows_another() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "from harness.cli import main; main(['profiles', 'show', '3g'])"],
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True, timeout=30, check=True,
    )  # fmt: skip
    assert ended.stderr == b""
    assert b"???" in ended.stdout
