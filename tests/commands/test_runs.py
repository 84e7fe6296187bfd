from __future__ import annotations

import argparse
import shutil
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from harness.commands.runs import (
    REPORTS,
    check_reports,
    chosen_run,
    claim_number,
    reports_argument,
    say,
)
from harness.evidence.run_event import PROOF, RunEvent, RunFinished, RunStarted
from harness.evidence.run_events import read_events
from harness.evidence.run_folder import Owner, RunFolder, RunFolderError
from harness.report.claims_table import ran_as
from harness.report.model import RunState


def test_the_reports_folder_is_that_of_the_project_unless_another_is_named() -> None:
    parser = argparse.ArgumentParser()
    reports_argument(parser)
    assert parser.parse_args([]).reports == REPORTS
    assert parser.parse_args(["--reports", "other"]).reports == Path("other")


def a_newer_run(reports: Path, *events: RunEvent, owner: Owner | None = None) -> Path:
    folder = reports / "29991121T000000.000000Z-aaaaaa"
    folder.mkdir()
    writer = RunFolder(folder)
    for event in events:
        writer.append(event)
    writer.close()
    if owner:
        (folder / "owner.json").write_bytes(msgspec.json.encode(owner))
    return folder


def start_of(run: Path) -> RunStarted:
    return read_events(run).of(RunStarted)[0]


def test_the_newest_run_is_chosen_with_and_without_a_link_to_it(reports: Path) -> None:
    last = (reports / "latest").resolve()
    assert chosen_run(None, reports).report.folder == last
    (reports / "latest").unlink()
    chosen = chosen_run(None, reports)
    assert (chosen.report.folder, chosen.passed_over) == (last, "")
    with pytest.raises(RunFolderError, match="no run in elsewhere"):
        chosen_run(None, Path("elsewhere"))


def test_a_run_that_is_named_is_chosen_however_it_ended(reports: Path) -> None:
    last = (reports / "latest").resolve()
    running = a_newer_run(reports, start_of(last), owner=Owner.current())
    chosen = chosen_run(running, reports)
    assert (chosen.report.folder, chosen.report.state) == (running, RunState.RUNNING)
    assert ran_as(chosen.report).endswith("which still runs")


@pytest.mark.parametrize(
    ("owner", "why"), [(Owner.current(), "still runs"), (None, "was cut short")]
)
def test_the_newest_finished_run_comes_first(reports: Path, owner: Owner | None, why: str) -> None:
    last = (reports / "latest").resolve()
    newer = a_newer_run(reports, start_of(last), owner=owner)
    chosen = chosen_run(None, reports)
    assert chosen.report.folder == last
    assert chosen.passed_over == f"newer, but not told of: {newer.name} {why}"
    shutil.rmtree(last)
    assert chosen_run(None, reports).report.folder == newer


def test_what_cannot_be_read_is_passed_over(reports: Path) -> None:
    last = (reports / "latest").resolve()
    newer = a_newer_run(reports)
    chosen = chosen_run(None, reports)
    assert chosen.report.folder == last
    assert chosen.passed_over == f"newer, but not told of: {newer.name} cannot be read"
    shutil.rmtree(last)
    with pytest.raises(RunFolderError, match="no run that can be read and judges in "):
        chosen_run(None, reports)


@pytest.mark.parametrize(
    ("sabotage", "why"),
    [
        (PROOF, "is a proof that clauses can fail"),
        ("swallow-mute", "was played under the sabotage swallow-mute"),
    ],
)
def test_what_was_broken_on_purpose_judges_nothing(reports: Path, sabotage: str, why: str) -> None:
    last = (reports / "latest").resolve()
    end = RunFinished(at_ns=9, exit_code=0, reason="as declared")
    newer = a_newer_run(reports, replace(start_of(last), sabotage=sabotage), end)
    chosen = chosen_run(None, reports)
    assert chosen.report.folder == last
    assert chosen.passed_over == f"newer, but not told of: {newer.name} {why}"
    with pytest.raises(RunFolderError, match=f"{why}: it judges nothing; name another run"):
        chosen_run(newer, reports)
    shutil.rmtree(last)
    with pytest.raises(RunFolderError, match="no run that can be read and judges in "):
        chosen_run(None, reports)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "there is no start of a run in events.ndjson"),
        (b"\x00\xff garbage\n", "events.ndjson, line 1: cannot be read"),
    ],
)
def test_a_run_without_its_start_says_what_to_do(reports: Path, content: bytes, why: str) -> None:
    run = (reports / "latest").resolve()
    (run / "owner.json").unlink()
    (run / "events.ndjson").write_bytes(content)
    with pytest.raises(RunFolderError, match=f"{why}.*; name the folder of another run, or run"):
        chosen_run(run, reports)


def test_a_run_that_has_just_begun_has_nothing_to_read(reports: Path) -> None:
    with pytest.raises(RunFolderError, match="its run has just begun; wait"):
        chosen_run(a_newer_run(reports, owner=Owner.current()), reports)


def test_a_folder_of_runs_must_be_there(tmp_path: Path) -> None:
    check_reports(tmp_path)
    with pytest.raises(RunFolderError, match=r"there is no folder .*none: run `pytest scenarios/`"):
        check_reports(tmp_path / "none")


def test_what_is_said_beside_cannot_drive_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say("a\x07b")
    assert capsys.readouterr().err == "livekit-harness: a\ufffdb\n"


def test_a_claim_is_a_number() -> None:
    assert claim_number("71") == 71
    with pytest.raises(argparse.ArgumentTypeError, match="-1: claims are numbered"):
        claim_number("-1")
