"""`requirements.lock` is what CI installs; it must say all that `pyproject.toml` asks for.

That nothing is missing of what those need in turn, pip itself sees to: with hashes it installs
nothing that the lock does not name.
"""

from __future__ import annotations

import configparser
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "requirements.lock").read_text()
ENTRY = re.compile(
    r"^(?P<pin>[^\s#][^\\\n]*?) \\\n(?P<hashes>(?:    --hash=\S+(?: \\)?\n)+)", re.MULTILINE
)


def asked_for() -> set[str]:
    project, groups = PYPROJECT["project"], PYPROJECT["dependency-groups"]
    lists = [project["dependencies"], *project["optional-dependencies"].values(), *groups.values()]
    return {line for lines in lists for line in lines if isinstance(line, str)}


def locked() -> list[Requirement]:
    return [Requirement(entry["pin"]) for entry in ENTRY.finditer(LOCK)]


@pytest.mark.parametrize("line", sorted(asked_for()))
def test_what_is_asked_for_is_locked_in_a_version_that_fits(line: str) -> None:
    wanted = Requirement(line)
    name = canonicalize_name(wanted.name)
    versions = [pin.specifier for pin in locked() if canonicalize_name(pin.name) == name]

    assert versions  # several, where versions of Python differ
    for specifier in versions:
        (exact,) = specifier
        assert exact.operator == "=="
        assert wanted.specifier.contains(exact.version)


def test_every_line_is_an_entry_with_hashes_or_a_comment() -> None:
    rest = ENTRY.sub("", LOCK)

    assert [line for line in rest.splitlines() if not line.lstrip().startswith("#")] == []
    assert all("--hash=sha256:" in entry["hashes"] for entry in ENTRY.finditer(LOCK))


def test_the_lock_names_no_registry() -> None:
    assert "://" not in LOCK


def test_every_environment_of_tox_that_runs_our_code_is_held_to_the_lock() -> None:
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(ROOT / "tox.ini")
    free = {name for name, section in settings.items() if section.get("constraints") == ""}

    assert settings["testenv"]["constraints"] == "requirements.lock"
    assert free == {"testenv:lock", "testenv:audit"}
