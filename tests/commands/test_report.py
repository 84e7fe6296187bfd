from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli import main
from harness.evidence.run_event import Note
from harness.evidence.run_folder import RunFolder
from harness.judging.outcome import ExitCode
from tests.report.comparisons import again
from tests.report.conftest import run_events, write


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write(tmp_path / "run", run_events())


def test_report_of_a_killed_run_says_so_and_writes_the_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = RunFolder(tmp_path)
    folder.append(Note(at_ns=1, text="a note"))
    folder.close()
    assert main(["report", str(tmp_path)]) == ExitCode.NOTHING_JUDGED
    assert capsys.readouterr().out.startswith("CUT SHORT: ")
    assert (tmp_path / "report.html").is_file()


def test_of_a_record_that_is_not_whole_there_is_no_verdict(run: Path) -> None:
    assert main(["report", str(run)]) == 0
    file = run / "events.ndjson"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:-1], b"damaged\n", lines[-1]]))
    assert main(["report", str(run)]) == ExitCode.INCONCLUSIVE
    file.write_bytes(b"".join(lines[:-1]))
    assert main(["report", str(run)]) == ExitCode.INCONCLUSIVE


@pytest.mark.parametrize("name", ["latest", "."])
def test_a_run_has_the_name_of_its_folder_however_it_is_asked_for(
    run: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (run.parent / "latest").symlink_to(run.name)
    monkeypatch.chdir(run if name == "." else run.parent)
    assert main(["report", name]) == 0
    assert json.loads((run / "results.json").read_bytes())["run"]["name"] == "run"


def test_a_baseline_is_kept_and_shown(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(run), "--baseline", str(again(run))]) == 0
    assert "  since the baseline: nothing changed\n" in capsys.readouterr().out
    assert "nothing changed" in (run / "report.html").read_text("utf-8")
    assert main(["report", str(run)]) == 0
    assert "nothing changed" in (run / "report.html").read_text("utf-8")


def test_a_baseline_that_is_none_is_said_in_a_line(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(run), "--baseline", str(tmp_path / "nothing")]) != 0
    assert len(capsys.readouterr().err.splitlines()) == 1
