from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.cli import COMMANDS, build_parser, main
from harness.commands.completion import SHELLS, TAKES, arguments_of
from harness.network.profile import profile_names

PRESS_TAB = """
source "$1"; shift
function=$(complete -p livekit-harness | sed 's/.* -F \\([^ ]*\\) .*/\\1/')
COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 ))
"$function" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""
"""As bash does when Tab is pressed behind the last word."""


@pytest.fixture
def scripts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Path]:
    """What each shell is to read."""
    made = {}
    for shell in SHELLS:
        assert main(["completion", shell]) == 0
        made[shell] = tmp_path / f"completion.{shell}"
        made[shell].write_text(capsys.readouterr().out)
    return made


def offered(script: Path, words: Sequence[str], *, inside: Path) -> list[str]:
    ended = subprocess.run(
        ["bash", "--norc", "-c", PRESS_TAB, "bash", script, "livekit-harness", *words],
        capture_output=True, text=True, timeout=30, check=True, cwd=inside,
    )  # fmt: skip
    assert ended.stderr == ""
    return ended.stdout.split()


def test_bash_completes_commands_options_and_what_is_known(
    scripts: dict[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "reports" / "latest").mkdir(parents=True)
    (tmp_path / "3own.toml").write_text("")

    def after(*words: str) -> list[str]:
        return offered(scripts["bash"], words, inside=tmp_path)

    assert sorted(after("")) == sorted(command.name for command in COMMANDS)
    assert after("cla") == ["claims", "clauses"]
    assert after("compare", "--g") == ["--gate"]
    assert after("clauses", "show", "MUTE-00") == [f"MUTE-00{n}" for n in range(1, 10)]
    assert after("clauses", "--area", "PE") == ["PERM"]
    assert after("clauses", "--level", "M") == ["MUST", "MAY"]
    assert after("sabotages", "LAT-00") == [f"LAT-00{n}" for n in range(1, 10)]
    assert after("sabotages", "swap-") == ["swap-tracks"]
    assert after("report", "reports/l") == ["reports/latest"]
    assert after("report", "3") == []
    assert after("completion", "") == list(SHELLS)
    ours = [name for name in profile_names() if name.startswith("3")]
    for words in (("gateway", "--profile", "3"), ("profiles", "show", "3")):
        assert sorted(after(*words)) == sorted([*ours, "3own.toml"])
    assert sorted(after("measure", "--profiles", "clean,3")) == [f"clean,{name}" for name in ours]


def test_pytest_completes_our_options(tmp_path: Path) -> None:
    typed = "pytest --lk-pro"
    asked = {
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_IFS": "\n",
        "COMP_LINE": typed,
        "COMP_POINT": str(len(typed)),
        "COMP_TYPE": "9",
    }
    ended = subprocess.run(
        ["bash", "-c", 'exec "$0" -m pytest 8>&1 9>&2', sys.executable],
        capture_output=True, text=True, timeout=60, check=True, cwd=tmp_path,
        env=os.environ | asked,
    )  # fmt: skip
    assert ended.stdout.split() == ["--lk-prove"]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_that_is_there_can_read_its_script(scripts: dict[str, Path], shell: str) -> None:
    text = scripts[shell].read_text()

    assert "MUTE-002" in text
    assert profile_names()[0] in text
    if shutil.which(shell):
        subprocess.run([shell, "-n", scripts[shell]], timeout=30, check=True)


def test_what_every_argument_takes_is_said() -> None:
    silent = [
        action.option_strings or action.dest
        for action in arguments_of(build_parser())
        if not action.choices and action.metavar not in TAKES
    ]
    assert silent == []


def test_without_shtab_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)

    assert main(["completion", "bash"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        "livekit-harness: shtab, which makes these scripts, is not installed: "
        "pip install 'livekit-harness[completion]'\n"
    )
