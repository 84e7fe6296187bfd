from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from harness.cli import main
from harness.evidence.run_folder import run_folders
from tests.report.comparisons import again


@pytest.fixture
def runs(reports: Path, tmp_path: Path) -> tuple[str, str]:
    """A run, and one in which a clause fails that held."""
    (before,) = run_folders(reports)
    after = tmp_path / "after"
    shutil.copytree(before, after)
    file = after / "events.ndjson"
    held = b'"clause":"MUTE-002"'
    lines = [
        line.replace(b'"PASS"', b'"FAIL"')
        if held in line and b'"event":"finding"' in line
        else line
        for line in file.read_bytes().splitlines(keepends=True)
    ]
    file.write_bytes(b"".join(lines))
    return str(before), str(after)


def test_a_regression_is_said_and_is_exit_code_1(
    runs: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *runs]) == 1
    text = capsys.readouterr().out
    assert text.startswith("REGRESSED: 1 regression\n")
    assert "PASS → FAIL (MUST): because of MUTE-002" in text


def test_the_other_way_round_it_is_a_fix(
    runs: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *reversed(runs)]) == 0
    assert "Fixes: do not hold in BASE, hold in NEW: 1\n" in capsys.readouterr().out


def test_what_is_left_out_of_the_gate_decides_nothing(runs: tuple[str, str]) -> None:
    assert main(["compare", "--gate=-MUTE", *runs]) == 0


def test_several_runs_of_base(runs: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    before, after = runs
    assert main(["compare", before, after, str(again(Path(after)))]) == 0
    assert "1 PASS and FAIL in BASE already" in capsys.readouterr().out


def test_a_run_is_not_compared_with_itself_nor_twice(
    runs: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = runs
    assert main(["compare", after, after]) == 2
    assert "after is after itself: name an earlier run\n" in capsys.readouterr().err
    assert main(["compare", before, before, after]) == 2
    assert "which is named already: name each run once\n" in capsys.readouterr().err


def test_formats(runs: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "--json", *runs]) == 1
    assert json.loads(capsys.readouterr().out)["summary"]["regression"] == 1
    assert main(["compare", "--markdown", *runs]) == 1
    assert capsys.readouterr().out.startswith("## LiveKit: regressed\n")


def test_results_alone_are_enough(runs: tuple[str, str], tmp_path: Path) -> None:
    assert main(["report", runs[0]]) == 0
    kept = tmp_path / "kept.json"
    shutil.copy(Path(runs[0]) / "results.json", kept)
    assert main(["compare", str(kept), runs[1]]) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["none", "none"], "cannot read none: No such file or directory"),
        (["reports", "reports"], "reports is not the folder of a run: there is no events.ndjson"),
    ],
)
def test_what_cannot_be_read_is_one_line(
    reports: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert main(["compare", *arguments]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1


def test_a_gate_that_nobody_knows_is_one_line(
    runs: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", "--gate=MUTES", *runs]) == 2
    assert capsys.readouterr().err == (
        "livekit-harness: gate 'MUTES': there is no level, area or clause 'MUTES'; did you mean "
        "MUTE or MUST?\n"
    )


def test_one_run_is_no_comparison(
    runs: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["compare", runs[0]])
    assert "the following arguments are required: NEW" in capsys.readouterr().err
