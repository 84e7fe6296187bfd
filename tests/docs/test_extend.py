"""The examples of docs/how-to/extend.md, each put where it belongs in a copy of the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT, block, blocks, files_of
from tests.user_project import server_program

PAGE = "docs/how-to/extend.md"
TEXT = (ROOT / PAGE).read_text("utf-8")
FILES = files_of(PAGE)
TESTS = [name for name in FILES if name.startswith("tests/")]
FAULTS = re.findall(
    r"Write\s+`([^`]+)`\s+in\s+place\s+of\s+`([^`]+)`,\s+and\s+`(\w+)`\s+fails", TEXT
)
"""What is to be written, in place of what, and the test that fails then."""
ASKED_FOR = re.findall(r"`(tests/[\w/]+\.py::\w+)`", TEXT)
"""Tests that fail until something more is there."""
TIDY = "tests/test_tidy.py::test_every_clause_has_a_scenario_and_every_scenario_its_clauses"
BAD = "tests/verifiers/test_bad_evidence.py::test_bad_evidence_is_no_number_that_could_pass"
FIND_IT = [
    TIDY,
    *(f"{BAD}[loudest_sample-{how}]" for how in ("absent", "empty", "of_another", "backwards")),
]
"""What asks about everything that there is, and so about what is shown."""
LIMIT_S = 120


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository with all that is shown, and the golden file that was written of it."""
    folder = tmp_path_factory.mktemp("repository")
    for name in ("harness", "tests", "scenarios"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "livekit_harness_pytest.py"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "docs").symlink_to(ROOT / "docs")
    for name, text in FILES.items():
        assert not (folder / name).exists(), "choose another example"
        (folder / name).write_text(text, "utf-8")
    for one in blocks(PAGE):
        if one.language == "diff":
            patch(folder, one.text)
    code, said = run(folder, "tests/report/test_tsv.py::test_golden", UPDATE_GOLDEN="1")
    assert code == 0, said
    return folder


def patch(folder: Path, diff: str) -> None:
    """Put each line with a + behind the one above it, which is once in the file."""
    head, *lines = diff.splitlines()
    file = folder / head.removeprefix("+++ ")
    text = file.read_text("utf-8")
    for above, line in pairwise(lines):
        if line.startswith("+"):
            assert text.count(f"\n{above[1:]}\n") == 1, above
            text = text.replace(f"\n{above[1:]}\n", f"\n{above[1:]}\n{line[1:]}\n")
    file.write_text(text, "utf-8")


def run(folder: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """Exit code and output of pytest there; with a lock of its own, so that it waits for no run."""
    own = folder / "tmp"
    own.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments], cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "TMPDIR": str(own), **environment},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT_S, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


def test_all_that_is_shown_is_green(copy: Path) -> None:
    code, said = run(copy, *TESTS, *FIND_IT)

    assert code == 0, said
    assert len(TESTS) == 3


def test_each_is_seen_red(copy: Path, tmp_path: Path) -> None:
    """With a fault in each, without the scenario, and without what else must be there."""
    folder = shutil.copytree(copy, tmp_path / "repository", symlinks=True)
    for written, shown, _ in FAULTS:
        [file] = (name for name, text in FILES.items() if shown in text)
        (folder / file).write_text(FILES[file].replace(shown, written), "utf-8")
    [scenario] = (name for name in FILES if name.startswith("scenarios/"))
    (folder / scenario).unlink()

    code, said = run(folder, *TESTS, *ASKED_FOR)

    failed = set(re.findall(r"^(?:FAILED|ERROR) \S+?::(\w+)", said, re.MULTILINE))
    asked_for = {name.partition("::")[2] for name in ASKED_FOR}
    assert code == 1, said
    assert failed == {test for *_, test in FAULTS} | asked_for, said
    assert (len(FAULTS), len(asked_for)) == (3, 6)


@pytest.mark.real
def test_the_clause_is_judged_and_seen_red(copy: Path) -> None:
    server = f"--lk-server-binary={server_program()}"
    [green, red] = (line.split()[1:] for line in block(PAGE, "pytest ").text.splitlines())

    code, said = run(copy, *green, server)
    assert code == 0, said
    code, said = run(copy, *red, server)
    assert code == 1, said
    assert "PEAK-001=FAIL" in said
