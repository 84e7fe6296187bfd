from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from harness.evidence.run_event import RunEvent
from harness.evidence.run_folder import OWNER, REPORT, RunFolder, RunFolderError
from harness.report.render import render, render_killed
from harness.report.terminal import summary
from tests.report.pictures.evidence import write_attempt


def test_five_files_and_nothing_left_over(run: Path) -> None:
    render(run)
    assert {path.name for path in run.iterdir()} == {
        *("badge.svg", "events.ndjson", "junit.xml", "report.html", "results.json", "summary.md")
    }


def test_again_gives_the_same(run: Path) -> None:
    render(run)
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    render(run)
    assert {path.name: path.read_bytes() for path in run.iterdir()} == before


def test_evidence_that_is_damaged_is_told_in_a_line(run: Path) -> None:
    folder = run / "attempts/test_silence[48000]/2"
    write_attempt(folder)
    events = run / "events.ndjson"
    text = events.read_text("utf-8").replace("bob/tone.wav", "bob/alice-sound1.wav")
    events.write_text(text, "utf-8")
    whole = render(run)
    sound = folder / "bob/alice-sound1.wav"
    sound.write_bytes(b"RIFF, and nothing more")
    damaged = render(run)

    [before] = [note for note in whole.notes if "cannot be drawn" in note]
    [note] = [note for note in damaged.notes if "cannot be drawn" in note]
    assert before.startswith("evidence of 1 finding cannot be drawn, of the worst: bob/alice-pict")
    assert note.startswith("evidence of 2 findings cannot be drawn, of the worst: bob/alice-pict")
    assert note in (run / "report.html").read_text("utf-8").partition('id="first"')[0]
    assert note in summary(damaged, width=400)


def test_a_line_cut_in_the_middle_still_gives_all_files(
    run_of: Callable[[Callable[[RunEvent], bool]], Path],
) -> None:
    folder = run_of(lambda _event: True)
    file = folder / "events.ndjson"
    whole = file.read_bytes()
    for size in range(1, len(whole), len(whole) // 25):
        file.write_bytes(whole[:size])
        report = render(folder)
        assert not report.complete
        assert json.loads((folder / "results.json").read_bytes())["run"]["complete"] is False
        ET.parse(folder / "junit.xml")
        assert "the last line was cut" in (folder / "report.html").read_text() or (
            whole[size - 1 : size] == b"\n" or whole[size : size + 1] == b"\n"
        )


def test_runs_that_were_killed_are_reported_but_for_those_that_cannot_be(tmp_path: Path) -> None:
    folders = [RunFolder.create(tmp_path) for _ in range(3)]
    for folder in folders:
        folder.close()
    for folder in folders[:2]:
        (folder.path / OWNER).unlink()  # else it is this process, which lives
    (folders[0].path / "results.json").mkdir()
    render_killed(tmp_path)

    assert [(folder.path / REPORT).exists() for folder in folders] == [False, True, False]


def test_what_another_process_writes_meanwhile_is_left_alone(run: Path) -> None:
    theirs = run / ".results.json.new"
    theirs.write_bytes(b"half of it")
    render(run)
    assert theirs.read_bytes() == b"half of it"


def test_a_folder_that_cannot_be_written_says_so(run: Path) -> None:
    (run / "results.json").mkdir()
    with pytest.raises(RunFolderError, match=r"cannot write .*results\.json: .*; make room there"):
        render(run)
