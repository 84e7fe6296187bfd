from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import pytest

import livekit_harness_pytest
from harness import plugin

if TYPE_CHECKING:
    from tests.conftest import Project

pytest_plugins = ["pytester"]

LIMIT_S = 30
FOREIGN = {
    "package": {"harness/__init__.py": "", "harness/mine.py": "X = 1\n"},
    "folder": {"harness/mine.py": "X = 1\n"},
    "module": {"harness.py": "X = 1\n"},
}
PLAIN = "def test_plain():\n    pass\n"


def python(project: Project, *args: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the folder of the project, which is then the first place of imports."""
    return subprocess.run(
        [sys.executable, *args],
        cwd=project.path,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


@pytest.fixture(params=FOREIGN)
def foreign(request: pytest.FixtureRequest, project: Project) -> Project:
    """A project that has something called `harness` of its own."""
    project.write("pytest.ini", "[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    project.write("test_plain.py", PLAIN)
    for name, text in FOREIGN[request.param].items():
        project.write(name, text)
    return project


def test_a_harness_of_the_user_s_is_named_in_one_line(foreign: Project) -> None:
    ended = python(foreign, "-m", "pytest")
    said = [line for line in (ended.stdout + ended.stderr).splitlines() if line]

    assert ended.returncode == pytest.ExitCode.USAGE_ERROR
    [line] = said
    assert "livekit-harness cannot be used" in line
    assert "is imported as `harness` in place of its package" in line
    assert "-p no:livekit_harness" in line


def test_the_way_out_that_it_names_works(foreign: Project) -> None:
    ended = python(foreign, "-m", "pytest", "-p", "no:livekit_harness")

    assert ended.returncode == 0, ended.stdout


def test_a_project_without_one_is_not_troubled(project: Project) -> None:
    project.write(
        "test_plain.py",
        "import psutil, sys\n"
        "def test_plain():\n"
        "    assert psutil.Process().children() == []\n"
        "    assert 'livekit.rtc' not in sys.modules\n",
    )
    ended = python(project, "-m", "pytest")

    assert ended.returncode == 0, ended.stdout
    assert "livekit-harness cannot" not in ended.stdout + ended.stderr
    assert not (project.path / "reports").exists()


def test_importing_it_loads_no_sdk_and_starts_nothing(project: Project) -> None:
    script = (
        "import sys, threading, livekit_harness_pytest, psutil\n"
        "print([name for name in sys.modules if name.startswith('livekit.rtc')])\n"
        "print(threading.active_count(), psutil.Process().children())\n"
    )
    ended = python(project, "-c", script)

    assert ended.stdout.splitlines() == ["[]", "1 []"], ended.stderr


def test_pytest_finds_it_and_it_hands_on_what_the_plugin_has() -> None:
    [entry] = entry_points(group="pytest11", name="livekit_harness")

    assert entry.value == "livekit_harness_pytest"
    for name in livekit_harness_pytest.__all__:
        assert getattr(livekit_harness_pytest, name) is getattr(plugin, name)
    hooks = {name for name in vars(plugin) if name.startswith("pytest_")}
    assert hooks <= set(livekit_harness_pytest.__all__)
