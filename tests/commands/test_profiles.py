from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli import main
from harness.network.profile import profile_names

GOOD = 'title = "T"\ncite = "RFC 8867"\n[[phase]]\nat_s = 0\nudp.up.loss_ratio = 0.1\n'


def test_profiles_are_listed_with_what_they_need(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profiles"]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["NAME", "LENGTH", "NEEDS", "TITLE"]
    assert [line.split()[0] for line in lines] == profile_names()
    assert "3g                constant  toxiproxy  3G: 750 kbit/s" in "\n".join(lines)


def test_one_is_shown_in_words_and_drawn_and_cited(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "90")
    assert main(["profiles", "show", "3g"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["3g  3G: 750 kbit/s, round trip of 250 ms, 1.5 % loss", "needs toxiproxy"]
    assert "  up               loss 1.5 %; 750 kbit/s, queue of 300 ms; delay 125 ms" in lines
    assert any(line.startswith("  both  rate  750 kbit/s") and "█" * 52 in line for line in lines)
    assert any("https://github.com/tylertreat/comcast" in line for line in lines)
    assert max(map(len, lines)) <= 100


def test_a_file_of_ones_own_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.toml").write_text(GOOD)
    assert main(["profiles", "show", str(tmp_path / "mine.toml")]) == 0
    assert "up  loss 10 %" in capsys.readouterr().out


def test_files_are_checked_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, wrong = tmp_path / "good.toml", tmp_path / "wrong"
    good.write_text(GOOD)
    wrong.write_text(GOOD + "udp.up.los_ratio = 1\nudp.up.delay_ms = 'x'\n")
    assert main(["profiles", "check", str(good)]) == 0
    assert capsys.readouterr().out == f"{good}: good\n"
    assert main(["profiles", "check", str(wrong), str(good)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{wrong}:6: udp.up.los_ratio: no such key; did you mean loss_ratio?",
        f"{wrong}:7: udp.up.delay_ms: must be a number, not a text",
        f"{good}: good",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "nowhere.toml"], "livekit-harness: no such file: nowhere.toml\n"),
        (["show", "nothing"], "livekit-harness: no profile 'nothing'; known are 3g, "),
        (["show", "nowhere.toml"], "livekit-harness: cannot read the profile nowhere.toml: "),
    ],
)
def test_misuse_is_told_in_a_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["profiles", *arguments]) == 2
    told = capsys.readouterr().err
    assert told.startswith(said)
    assert told.count("\n") == 1
