"""`livekit-harness soak`, its runs of pytest in projects of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from harness.cli import main
from tests.user_project import HEARD, UserProject, server_program

if TYPE_CHECKING:
    from tests.conftest import Project

pytest_plugins = ["pytester"]

HOLDS = """
@clause("OWN-001")
async def test_it(stage, judge):
    judge("OWN-001", fact, True, "x")
"""
FLIPS = """
from pathlib import Path

@clause("OWN-001")
async def test_it(stage, judge):
    runs = Path("runs")
    runs.touch()
    runs.write_text(runs.read_text() + "x")
    judge("OWN-001", fact, len(runs.read_text()) < 3, "x")
"""
WAITS = """
import asyncio
from pathlib import Path

@clause("OWN-001")
async def test_it(stage, judge):
    Path("waits").open("wb").close()
    await asyncio.sleep(60)
"""
MAIN = "import harness.cli; raise SystemExit(harness.cli.main())"
LIMIT_S = 60.0


@pytest.fixture
def fake(project: Project) -> Project:
    project.fake()
    return project


def test_runs_are_repeated_and_told_apart(fake: Project, capfd: pytest.CaptureFixture[str]) -> None:
    fake.scenarios(HOLDS)
    assert main(["soak", "--times", "3", "--busy"]) == 0
    said = capfd.readouterr()
    assert "run 2 of 3, with one core kept busy; about " in said.err
    assert "\n3 of 3 runs in " in said.out
    assert "3 conformant\n  these runs: 0 flips in 2 repeats" in said.out
    assert "    with one core kept busy: 0 flips in 1 repeat, " in said.out
    assert main(["flips"]) == 0
    assert "1 run with one core kept busy: 0 flips in 1 repeat" in capfd.readouterr().out


def test_a_verdict_that_changes_is_told_and_is_exit_1(
    fake: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    fake.scenarios(FLIPS)
    assert main(["soak", "--times", "4"]) == 1
    said = capfd.readouterr()
    assert "run 4 of 4; about " in said.err
    assert " to go; 1 run failed: OWN-001\n" in said.err
    assert "  these runs: 1 flip in 3 repeats" in said.out
    assert "OWN-001: PASS → FAIL in " in said.out


def test_options_of_pytest_and_another_folder_are_passed_on(
    fake: Project, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    fake.scenarios(HOLDS)
    fake.scenarios("def test_other(): assert 0", name="test_other.py")
    reports = tmp_path / "elsewhere"
    asked = ["soak", "--times", "2", "--reports", str(reports), "--", "test_own.py", "-k", "it"]
    assert main(asked) == 0
    assert len(list(reports.glob("2*"))) == 2


def test_the_folder_of_scenarios_is_taken_where_no_path_is_named(fake: Project) -> None:
    fake.scenarios(HOLDS, name="scenarios/test_own.py")
    fake.scenarios("def test_other(): assert 0", name="test_other.py")
    assert main(["soak", "--times", "1"]) == 0


def test_where_pytest_cannot_run_it_is_run_once(
    fake: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["soak", "--times", "3", "--", "nowhere.py"]) == 4
    said = capfd.readouterr()
    assert "run 1 of 3: no run, exit code 4 in " in said.err
    assert "file or directory not found: nowhere.py" in said.err
    assert "run 2" not in said.err


def test_a_wrong_option_is_one_line(fake: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["soak", "--times", "2", "--", "--lk-seed=3"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.timeout(LIMIT_S)
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_what_there_is_when_it_is_interrupted(
    fake: Project, how: signal.Signals
) -> None:
    waits = fake.path / "waits"
    os.mkfifo(waits)
    fake.scenarios(WAITS)
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, "soak", "--times", "3"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=fake.path,
    )
    with process:
        ours = psutil.Process(process.pid)
        waits.open("rb").close()  # returns when the scenario opens it to write
        family = ours.children(recursive=True)
        process.send_signal(how)
        out, _ = process.communicate(timeout=LIMIT_S)

    assert process.returncode == 2
    assert "1 of 3 runs in " in out
    assert "1 interrupted" in out
    assert (fake.folder / "report.html").exists()
    assert not [child for child in family if child.is_running()]


@pytest.mark.real
def test_a_users_own_scenario_is_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    project = UserProject(folder=tmp_path / "foreign", server=server_program())
    project.write(HEARD)
    monkeypatch.chdir(project.folder)
    monkeypatch.setenv("LK_SERVER", str(project.server))
    asked = ["soak", "--times", "2", "--busy", "--", f"--lk-server-binary={project.server}"]
    code = main(asked)
    said = capfd.readouterr()
    assert code == 0, said.err
    assert "  these runs: 0 flips in 1 repeat" in said.out
    assert not project.processes()
