from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.evidence.run_folder import RunFolderError
from harness.report.baseline import BASELINE, Baseline, keep_baseline, read_baseline
from harness.report.comparison import read_results
from harness.report.render import render
from tests.report.comparisons import FAILS, again, changed


def test_earlier_runs_are_kept_as_they_were(run: Path, tmp_path: Path) -> None:
    first = changed(tmp_path / "first", FAILS)
    second = again(run, "second")
    keep_baseline(run, [tmp_path / "first", second])
    assert read_baseline(run) == Baseline(runs=(first, read_results(second)))


def test_the_run_itself_is_no_baseline_of_it(run: Path) -> None:
    with pytest.raises(RunFolderError, match="is run itself: name an earlier run"):
        keep_baseline(run, [run])


def test_a_file_of_results_is_a_run_too(run: Path, tmp_path: Path) -> None:
    render(run)
    later = tmp_path / "later"
    later.mkdir()
    keep_baseline(later, [run / "results.json"])
    assert [one.run.name for one in read_baseline(later).runs] == ["run"]


def test_without_a_file_there_is_none(tmp_path: Path) -> None:
    assert read_baseline(tmp_path) == Baseline()


def test_what_cannot_be_read_or_written_is_named(run: Path, tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="not the folder of a run"):
        keep_baseline(run, [tmp_path])
    with pytest.raises(RunFolderError, match=f"cannot write .*{BASELINE}: No such file"):
        keep_baseline(tmp_path / "nowhere", [run])
    (run / BASELINE).write_bytes(b"{}")
    assert read_baseline(run).runs == ()
    assert re.search(f"{BASELINE} cannot be read: .*makes it anew", read_baseline(run).problem)
