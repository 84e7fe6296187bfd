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

from tests.user_project import HEARD, UserProject, server_program

ROOT = Path(__file__).parent.parent
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


BLOCK = re.compile(r"```(?:toml|python)\n# (\S+)\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize(
    ("page", "passes"), [("docs/tutorial.md", 1), ("docs/how-to/own-scenarios.md", 3)]
)
def test_what_a_page_shows_runs_as_it_is_written(
    installed: Path, tmp_path: Path, page: str, passes: int
) -> None:
    shown = dict(BLOCK.findall((ROOT / page).read_text()))
    assert {"pyproject.toml", "clauses.toml", "test_greeting.py"} <= shown.keys()
    for name, text in shown.items():
        (tmp_path / name).write_text(text)
    own = tmp_path / "tmp"
    own.mkdir()
    done = subprocess.run(
        [str(installed), "-m", "pytest", f"--lk-server-binary={server_program()}"],
        env={**os.environ, "TMPDIR": str(own)},  # and so a lock of its own: it waits for no run
        cwd=tmp_path, capture_output=True, text=True, timeout=LIMIT_S, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{passes} PASS" in done.stdout
