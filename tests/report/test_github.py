from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.evidence.run_event import RunEvent, RunFinished, RunStarted
from harness.report.github import MOST, annotation_lines, tell_github
from harness.report.model import read_report
from harness.report.summary_markdown import summary_markdown
from tests.report.conftest import gated


def lines_of(folder: Path, root: Path = Path("/repo")) -> list[str]:
    return annotation_lines(read_report(folder), root=root, workspace=Path("/repo"))


def test_golden(run: Path, tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    """Errors, warnings and notices; of one file a line is known."""
    file = tmp_path / "scenarios" / "mute" / "test_sound.py"
    file.parent.mkdir(parents=True)
    file.write_text("\nasync def test_silence(stage):\n    pass\n")
    report = read_report(gated(run, "MUTE-002"))
    lines = annotation_lines(report, root=tmp_path, workspace=tmp_path)
    golden("annotations.txt", "".join(f"{line}\n" for line in lines))


def test_what_decides_is_an_error_and_what_is_to_know_a_notice(run: Path) -> None:
    lines = lines_of(run)
    assert [line.partition("::")[2].partition("::")[0] for line in lines] == [
        "error title=MUTE-002 FAIL (LiveKit 1.13.5),file=scenarios/mute/test_sound.py",
        "error title=MUTE-004 INCONCLUSIVE (LiveKit 1.13.5),file=scenarios/mute/test_sound.py",
        "error title=MUTE-005 ERROR (LiveKit 1.13.5),file=scenarios/mute/test_sound.py",
        "error title=MUTE-007 unexpected PASS (LiveKit 1.13.5),file=scenarios/mute/test_picture.py",
        "notice",
        "notice",
    ]
    assert lines[0].endswith(
        "::Nothing of a muted microphone is forwarded.%0A"
        "expected 0 packets, measured 7 packets (of 900 observations)%0A"
        "again: pytest 'scenarios/mute/test_sound.py::test_silence[48000]' --lk-seed=81 "
        "--lk-backend=binary"
    )


def test_what_the_gate_leaves_out_is_a_warning_that_says_so(run: Path) -> None:
    lines = lines_of(gated(run, "MUTE-002"))
    assert [line.partition(",")[0] for line in lines[:4]] == [
        "::error title=MUTE-002 FAIL (LiveKit 1.13.5)",
        "::warning title=MUTE-004 INCONCLUSIVE (LiveKit 1.13.5)",
        "::warning title=MUTE-005 ERROR (LiveKit 1.13.5)",
        "::warning title=MUTE-007 unexpected PASS (LiveKit 1.13.5)",
    ]
    assert ["%0Adoes not gate: " in line for line in lines[:4]] == [False, True, True, True]


def test_a_run_that_failed_as_a_whole_is_an_error(
    run_of: Callable[[Callable[[RunEvent], bool]], Path],
) -> None:
    folder = run_of(lambda event: isinstance(event, RunStarted | RunFinished))
    assert lines_of(folder)[0].startswith("::error::Nothing judged: nothing was judged")


@pytest.mark.parametrize(
    ("root", "file"),
    [("/repo", "scenarios/mute/test_sound.py"), ("/repo/sub", "sub/scenarios/mute/test_sound.py")],
)
def test_a_file_is_named_as_the_repository_does(run: Path, root: str, file: str) -> None:
    assert lines_of(run, Path(root))[0].startswith(
        f"::error title=MUTE-002 FAIL (LiveKit 1.13.5),file={file}::"
    )


def test_a_line_is_named_where_the_scenario_is_found(run: Path, tmp_path: Path) -> None:
    file = tmp_path / "sub" / "scenarios" / "mute" / "test_sound.py"
    file.parent.mkdir(parents=True)
    file.write_text("import x\n\n@clause\nasync def test_silence(stage):\n    pass\n")
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(tmp_path)}
    lines = tell_github(read_report(run), environ=environ, root=tmp_path / "sub")
    assert ",file=sub/scenarios/mute/test_sound.py,line=4::" in lines[0]
    assert ",file=sub/scenarios/mute/test_sound.py::" in lines[1]  # has no such function


def test_a_file_outside_of_the_repository_is_not_named(run: Path) -> None:
    assert lines_of(run, Path("/elsewhere"))[0].startswith(
        "::error title=MUTE-002 FAIL (LiveKit 1.13.5)::"
    )


def test_no_text_from_outside_is_a_command(run: Path) -> None:
    file = run / "events.ndjson"
    evil = rb"100 %\r\n::set-output name=a::b\u2028::error::x"
    file.write_bytes(file.read_bytes().replace(b"bob decoded nothing", evil))
    line = lines_of(run)[1]
    assert "%0A100 %25%0A::set-output name=a::b%0A::error::x%0Aagain" in line
    assert len(line.splitlines()) == 1


def test_only_so_many_are_shown(run: Path) -> None:
    file = run / "events.ndjson"
    events = file.read_bytes().splitlines(keepends=True)
    (failed,) = (line for line in events if b'"clause":"MUTE-002"' in line and b"finding" in line)
    more = [failed.replace(b"MUTE-002", b"MUTE-1%02d" % number) for number in range(20)]
    file.write_bytes(b"".join([*events[:-1], *more, events[-1]]))
    errors = [line for line in lines_of(run) if line.startswith("::error")]
    assert len(errors) == MOST
    assert errors[-1] == "::error::and 15 more: see the summary, or report.html"


def test_the_summary_is_added_to_the_page_of_the_job(run: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n")
    report = read_report(run)
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(page)}
    lines = tell_github(report, environ=environ, root=Path("/repo"))

    assert page.read_text() == "before\n" + summary_markdown(report)
    assert lines == lines_of(run)


def test_a_page_that_cannot_be_written_is_said(run: Path, tmp_path: Path) -> None:
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path)}
    lines = tell_github(read_report(run), environ=environ, root=Path("/repo"))
    assert lines[-1] == "::warning::no summary on the job's page: Is a directory"


def test_elsewhere_nothing_is_told(run: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    report = read_report(run)
    assert tell_github(report, environ={"GITHUB_STEP_SUMMARY": str(page)}, root=tmp_path) == []
    assert not page.exists()
