from __future__ import annotations

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
