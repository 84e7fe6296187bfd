"""The wheel alone, in a foreign environment and a foreign project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from harness.judging.outcome import ExitCode
from tests.docs.blocks import ROOT, block, files_of
from tests.user_project import HEARD, UserProject, server_program

SOURCES = ("pyproject.toml", "README.md", "LICENSE", "livekit_harness_pytest.py", "harness")
LEFT_BY_TOOLS = re.compile(r"__pycache__|/\.")
LIMIT_S = 120

pytestmark = pytest.mark.real


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", *arguments]
    subprocess.run(command, check=True, timeout=LIMIT_S)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, for setuptools takes along what an earlier build left beside the code."""
    source = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            shutil.copy(ROOT / name, source / name)
    built = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--wheel-dir", str(built), str(source))
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python of a new environment with the wheel in it, and our own environment's dependencies."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    pip("--python", str(python), "install", "--no-deps", "--no-index", str(wheel))
    (packages,) = folder.glob("lib/python3*/site-packages")
    # a path file of a path file is not obeyed, so an editable install of ours stays outside
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return python


def test_every_file_of_the_package_is_in_the_wheel(wheel: Path) -> None:
    ours = [path.relative_to(ROOT) for path in (ROOT / "harness").rglob("*") if path.is_file()]
    wanted = [str(path) for path in ours if not LEFT_BY_TOOLS.search(str(path))]
    with zipfile.ZipFile(wheel) as archive:
        packed = [name for name in archive.namelist() if ".dist-info" not in name]

    assert sorted(packed) == sorted([*wanted, "livekit_harness_pytest.py"])
    assert {
        "harness/py.typed",
        "harness/clauses/mute.toml",
        "harness/network/profiles/clean.toml",
        "harness/report/templates/report.html",
        "harness/server/recipes/livekit-server/Dockerfile",
    } <= set(packed)


def test_a_scenario_of_a_foreign_project_is_judged(installed: Path, tmp_path: Path) -> None:
    project = UserProject(folder=tmp_path / "foreign", server=server_program(), python=installed)
    project.write(
        HEARD
        + """
def test_the_harness_is_that_of_the_wheel() -> None:
    import sys, harness
    assert Path(harness.__file__).is_relative_to(sys.prefix)
"""
    )

    ended = project.run_on_own_server()

    assert ended.code == 0, ended.output
    assert project.verdicts() == {"FOO-001": "PASS"}
    assert "FOO-001" in (project.run_folder / "report.html").read_text()


def test_the_command_is_installed(installed: Path) -> None:
    command = [str(installed.parent / "livekit-harness"), "clauses", "show", "MUTE-002"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("MUTE-002")


def run(folder: Path, *command: str | Path) -> tuple[int, str]:
    """Exit code and output of a program; with a lock of its own, so that it waits for no run."""
    own = folder / "tmp"
    own.mkdir(exist_ok=True)
    done = subprocess.run(
        [str(word) for word in command], env={**os.environ, "TMPDIR": str(own)}, cwd=folder,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT_S, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


def judged(folder: Path, python: Path) -> tuple[int, str]:
    """Of the scenarios there, printed; what the tests beside it upset is asked again."""
    command = (python, "-m", "pytest", f"--lk-server-binary={server_program()}")
    code, said = run(folder, *command)
    for _ in range(2):
        if code != ExitCode.INCONCLUSIVE:
            break
        code, again = run(folder, *command, "--last-failed")
        said += again
    return code, said


def test_the_tutorial_runs_as_it_is_written(installed: Path, tmp_path: Path) -> None:
    """All its files as they are at its end, in one run: that of `init`, and one that fails."""
    page = "docs/tutorial.md"
    shown = files_of(page)
    [(written, instead)] = re.findall(
        r'write `((@clause\("APP-\d+").*)`', (ROOT / page).read_text()
    )
    code, said = run(tmp_path, installed.parent / "livekit-harness", "init")
    assert code == 0, said
    scenarios = tmp_path / "scenarios"
    assert block(page, '@clause("APP-001"').text in (scenarios / "test_app.py").read_text()
    with (scenarios / "clauses.toml").open("a") as clauses:
        clauses.write(shown["clauses.toml"])
    (scenarios / "slow.toml").write_text(shown["slow.toml"])
    greeting = shown["test_greeting.py"]
    assert f"{instead})" in greeting
    (scenarios / "test_greeting.py").write_text(greeting.replace(f"{instead})", written))

    code, said = judged(scenarios, installed)

    assert code == 1, said
    printed = re.sub(r"\d+", "0", said)
    for start in ("PASS           1/2 test_app", "PASS           1/2 test_greeting", "  FAIL "):
        for line in block(page, start).text.splitlines():
            assert f"\n{re.sub(r'[0-9]+', '0', line.removesuffix(' …'))}" in printed, said


def test_scenarios_of_ones_own_run_as_they_are_written(installed: Path, tmp_path: Path) -> None:
    for name, text in files_of("docs/how-to/own-scenarios.md").items():
        (tmp_path / name).write_text(text)

    code, said = judged(tmp_path, installed)

    assert code == 0, said
    passed = re.findall(r"^PASS  .*\)  (.*)", said, re.MULTILINE)
    assert sum(len(clauses.split()) for clauses in passed) == 3, said
