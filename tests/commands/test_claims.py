from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli import main


def test_all_claims_are_told_of_the_last_run(
    reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["claims"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("3 of 71 claims judged: 1 holds, 2 do not hold\n")
    assert " 71  not judged " in text
    assert "in fact: it goes on (known as uplink-while-muted)" in text


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        (["-n", "2", "-n", "71"], [2, 71]),
        (["--verdict", "does-not-hold"], [2, 5]),
        (["--page", "audio-track-api", "--verdict", "holds"], [3]),
        (["--page", "subscribing", "--claim", "34"], [34]),
    ],
)
def test_claims_are_filtered(
    reports: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], numbers: list[int]
) -> None:
    assert main(["claims", "--json", *arguments]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [claim["claim"] for claim in document["claims"]] == numbers
    assert sum(document["summary"].values()) == 71


def test_nothing_found_is_an_exit_code_and_a_line(
    reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["claims", "-n", "2", "--verdict", "holds"]) == 1
    assert capsys.readouterr().err == (
        "livekit-harness: no claim of the 71 matches -n, --page and --verdict together\n"
    )


def test_a_page_as_markdown(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "--markdown", "--page", "camera-mic"]) == 0
    text = capsys.readouterr().out
    assert "## [Camera & microphone](" in text
    assert "## [Publishing tracks](" not in text


def test_a_run_can_be_named(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (run,) = (path for path in reports.iterdir() if not path.is_symlink())
    assert main(["claims", str(run), "--reports", "elsewhere", "-n", "2"]) == 0
    assert f"run {run.name} of 2026-11-21" in capsys.readouterr().out


def test_without_a_run_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["claims"]) == 2
    assert "no run in reports: run `pytest scenarios/` first" in capsys.readouterr().err
    assert main(["claims", "nowhere"]) == 2
    assert "is not the folder of a run" in capsys.readouterr().err


def test_a_run_that_cannot_be_read_is_one_line(
    reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = (reports / "latest").resolve()
    (run / "events.ndjson").write_bytes(b"")
    (run / "owner.json").unlink()
    assert main(["claims", str(run)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_newer_run_that_is_not_told_of_is_named(
    reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newer = reports / "29991121T000000.000000Z-aaaaaa"
    newer.mkdir()
    (newer / "events.ndjson").touch()
    assert main(["claims", "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["run"] != newer.name
    assert printed.err == (
        f"livekit-harness: newer, but not told of: {newer.name} cannot be read\n"
    )


@pytest.mark.parametrize("number", ["0", "72", "two"])
def test_there_are_71_claims(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["claims", "-n", number])
    assert f"{number}: claims are numbered 1 to 71" in capsys.readouterr().err
