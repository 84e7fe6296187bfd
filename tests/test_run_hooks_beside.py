"""Several processes that make one run (pytest-xdist), with the seams below the run replaced."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from harness.cli import main
from harness.evidence.run_event import AttemptFinished, RunFinished, RunStarted
from harness.evidence.run_events import read_events
from harness.report.model import read_report
from tests.conftest import FAKES

if TYPE_CHECKING:
    from tests.conftest import Project

pytest_plugins = ["pytester"]

MEETS = """
import asyncio, os, pathlib, signal

async def meet(name, *others):
    \"\"\"Go on only when all others are there, each in its process.\"\"\"
    pathlib.Path(name).touch()
    while not all(pathlib.Path(other).exists() for other in others):
        await asyncio.sleep(0.01)

def times(name):
    with open(name + ".count", "a+") as file:
        file.write("x")
        file.seek(0)
        return len(file.read())
"""


@pytest.fixture
def fake(project: Project) -> Project:
    """A project whose runs start nothing: see `tests/inner/fake_run.py`."""
    project.fake()
    return project


def scenario(name: str, *body: str, clause: str = "OWN-001") -> str:
    lines = "".join(f"    {line}\n" for line in body)
    return f'@clause("{clause}")\nasync def test_{name}(stage, judge):\n{lines}\n'


def holds(clause: str, says: str = "True") -> str:
    return f'judge("{clause}", fact, {says}, "x")'


def several(fake: Project, *args: str) -> pytest.RunResult:
    return fake.pytester.runpytest_subprocess("-n", "2", *args)


def test_each_scenario_has_one_line_and_the_run_one_summary(fake: Project) -> None:
    fake.scenarios(
        MEETS
        + scenario("first", "await meet('a', 'b')", holds("OWN-001"))
        + scenario("second", "await meet('b', 'a')", holds("OWN-002"), clause="OWN-002")
        + scenario("third", holds("OWN-003"), clause="OWN-003")
    )
    result = several(fake)
    lines = [line for line in result.outlines if "test_own: " in line]

    assert result.ret == 0
    assert [line.split()[1] for line in lines] == ["1/3", "2/3", "3/3"]
    assert {line.split()[0] for line in lines} == {"PASS"}
    assert {line.split()[3] for line in lines} == {"first", "second", "third"}
    assert sum("LiveKit conformance" in line for line in result.outlines) == 1
    assert sum("report.html" in line for line in result.outlines) == 1
    assert sum("livekit-server from nowhere" in line for line in result.errlines) == 1
    assert not [line for line in result.outlines if line.strip(".") == "" and "." in line]
    events = read_events(fake.folder)
    assert len(events.of(RunFinished)) == 1
    assert len(events.of(RunStarted)) == 2
    ran = {one.attempt.scenario: one.attempt for one in events.of(AttemptFinished)}
    assert ran["test_own.py::test_first"].beside
    assert ran["test_own.py::test_second"].beside


def test_a_record_that_lost_what_a_process_wrote_is_damaged(fake: Project) -> None:
    fake.scenarios(
        MEETS
        + scenario("first", "await meet('a', 'b')", holds("OWN-001"))
        + scenario("second", "await meet('b', 'a')", holds("OWN-002"), clause="OWN-002")
    )
    assert several(fake).ret == 0
    folder = fake.folder
    base = folder.with_name("base")
    shutil.copytree(folder, base)
    assert main(["compare", str(base), str(folder)]) == 0

    file = folder / "events-gw1.ndjson"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:-1]))
    report = read_report(folder)
    assert (report.headline, report.conformant) == ("Record damaged", False)
    assert report.problems == (
        f"events-gw1.ndjson holds {len(lines) - 1} of its {len(lines)} events",
    )
    assert main(["compare", str(base), str(folder)]) == 11

    file.unlink()
    assert read_report(folder).problems == (
        f"events-gw1.ndjson is gone with its {len(lines)} events",
    )
    assert main(["compare", str(base), str(folder)]) == 11


def test_a_failure_beside_others_is_asked_again_alone_and_said(fake: Project) -> None:
    fake.scenarios(
        MEETS
        + scenario(
            "first",
            "await meet('a', 'b')",
            holds("OWN-001", "times('first') > 1"),
        )
        + scenario("second", "await meet('b', 'a')", holds("OWN-002"), clause="OWN-002")
    )
    result = several(fake)
    [found] = [one for one in fake.results["findings"] if one["clause"] == "OWN-001"]

    assert result.ret == 0
    assert (found["verdict"], found["attempts"]) == ("PASS", 2)
    assert "set aside, not alone: another attempt ran on this machine" in found["remarks"][0]


def test_a_process_that_dies_is_the_error_of_its_scenario_and_the_run_goes_on(
    fake: Project,
) -> None:
    fake.scenarios(
        MEETS
        + scenario("first", "os.kill(os.getpid(), signal.SIGKILL)")
        + scenario("second", holds("OWN-002"), clause="OWN-002")
        + scenario("third", holds("OWN-003"), clause="OWN-003")
    )
    result = several(fake)

    assert result.ret == 10
    assert fake.verdicts == {"OWN-001": "ERROR", "OWN-002": "PASS", "OWN-003": "PASS"}
    lines = [line for line in result.outlines if "test_own: " in line]
    assert sorted(line.split()[1] for line in lines) == ["1/3", "2/3", "3/3"]
    assert [line.split()[0] for line in lines if "first" in line] == ["ERROR"]
    result.stdout.fnmatch_lines(
        ["*OWN-001 ERROR: the process of pytest that ran the scenario died"]
    )
    result.stdout.no_fnmatch_line("*CUT*")


def test_a_process_that_dies_before_an_attempt_is_an_error_of_its_clauses(fake: Project) -> None:
    fake.scenarios(
        MEETS
        + "@pytest.fixture\ndef dies(): os.kill(os.getpid(), signal.SIGKILL)\n\n"
        + scenario("first", "pass").replace("judge)", "judge, dies)")
        + scenario("second", holds("OWN-002"), clause="OWN-002")
    )
    result = several(fake)

    assert result.ret == 10
    assert fake.verdicts == {"OWN-001": "ERROR", "OWN-002": "PASS"}
    result.stdout.fnmatch_lines(["*the process of pytest that ran the scenario died"])


def test_what_must_be_alone_comes_first_where_there_are_several_processes(fake: Project) -> None:
    fake.write("known.toml", KNOWN)
    fake.scenarios(
        scenario("first", holds("OWN-001"))
        + scenario("second", holds("OWN-002", "False"), clause="OWN-002")
    )
    args = ("-o", "lk_deviations=known.toml")
    fake.pytester.runpytest_subprocess("-n", "1", *args)
    fake.pytester.runpytest_subprocess(*args)
    orders = [
        [event.attempt.scenario for event in read_events(folder).of(AttemptFinished)]
        for folder in sorted(fake.folders)
    ]

    assert [order[0] for order in orders] == ["test_own.py::test_second", "test_own.py::test_first"]


KNOWN = """
[[deviation]]
id = "DEV-2"
clause = "OWN-002"
reason = "known"
link = "none"
"""


@pytest.mark.parametrize("args", [("--lk-sabotage=x",), ("-o", "lk_clauses=none.toml")])
def test_a_mistake_is_told_once_for_all(fake: Project, args: tuple[str, ...]) -> None:
    fake.scenarios(scenario("first", holds("OWN-001")))
    result = several(fake, *args)
    said = [line for line in (*result.outlines, *result.errlines) if "ERROR" in line]

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert len(said) == 1
    assert not fake.folders


def test_no_server_ends_the_run_of_several_processes(
    fake: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_SERVER", "no livekit-server can be had: try this")
    fake.scenarios(scenario("first", holds("OWN-001")))
    result = several(fake)

    assert result.ret == 10
    assert fake.results["run"]["exit_code"] == 10
    why = "the run ended with exit code 10: no livekit-server can be had: try this"
    assert fake.results["run"]["why"].endswith(why)
    assert why in (fake.folder / "summary.md").read_text()
    result.stdout.fnmatch_lines(["*livekit-harness: no livekit-server can be had: try this*"])
    result.stdout.no_fnmatch_line("*INTERNALERROR*")
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_run_folder_that_cannot_be_written_ends_the_run_of_several_processes(
    fake: Project,
) -> None:
    fake.scenarios(
        scenario("first", holds("OWN-001")) + scenario("second", holds("OWN-002"), clause="OWN-002")
    )
    fake.write("reports", "in the way")
    result = several(fake)

    assert result.ret == 10
    result.stdout.fnmatch_lines(["*livekit-harness: cannot write *reports*"])
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


COUNTED = """
from pathlib import Path

def counted(reports):
    with Path("rendered").open("a") as file:
        file.write("once")

patch.setattr("harness.run_hooks.render_killed", counted)
"""


def test_what_killed_runs_left_is_reported_by_one_process(fake: Project) -> None:
    fake.write("conftest.py", FAKES + COUNTED)
    fake.scenarios(
        MEETS
        + scenario("first", "await meet('a', 'b')", holds("OWN-001"))
        + scenario("second", "await meet('b', 'a')", holds("OWN-002"), clause="OWN-002")
    )
    assert several(fake).ret == 0

    assert (fake.path / "rendered").read_text() == "once"
