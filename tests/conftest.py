"""What all tests share: real programs, skips that CI accepts, and a project of a user's."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import harness.run_hooks  # noqa: F401 - else each inner run of pytester loads it anew, and numpy fails
from harness.server.embedded import LIVEKIT, TOXIPROXY, default_cache, ensure
from harness.server.model import ServerError

settings.register_profile("untimed", deadline=None)  # a busy machine fails no test
settings.load_profile("untimed")

if threading.current_thread() is threading.main_thread():
    # A shell starts what stands before `&` with SIGINT ignored; runs of ours would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)

for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
    os.environ.pop(name, None)  # runs inside tests tell nothing to the job that runs the tests

ALLOWED_SKIPS = (
    "no Docker daemon answers",
    "this engine has no bridge network",
    "this engine's containers cannot share our network",
)
"""Beginnings of the reasons for which CI may skip; any other skip fails there."""
INNER = Path(__file__).parent / "inner"
CLAUSE = """
[{id}]
statement = "{id} holds."
level = "{level}"
source = "ours"
evidence = ["decoded"]
measures = "whether it holds"
unit = "bool"
limit = {{ min = 1 }}
limit_source = "ours"
"""
CLAUSES = {"OWN-001": "MUST", "OWN-002": "MUST", "OWN-003": "SHOULD"}
HEAD = """
import pytest
from harness.evidence.measurement import missing
from harness.scenario import ColourCode, Tone, Unsupported, clause
from harness.verifiers.combine import fact

"""
FAKES = """
import pytest
import fake_run

patch = pytest.MonkeyPatch()

def pytest_configure(config):
    fake_run.install(patch)

def pytest_unconfigure(config):
    patch.undo()
"""
INI = """
[pytest]
asyncio_default_fixture_loop_scope = function
pythonpath = {inner}
lk_clauses = own.toml
"""


class Project:
    """A folder with scenarios, a catalogue and settings of its own; pytest-asyncio is strict."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.path = pytester.path
        self.write("pytest.ini", INI.format(inner=INNER))
        own = "".join(CLAUSE.format(id=name, level=level) for name, level in CLAUSES.items())
        self.write("own.toml", own)

    def write(self, name: str, text: str) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def scenarios(self, text: str, *, name: str = "test_own.py") -> None:
        """A module of scenarios, with the imports that they need."""
        self.write(name, HEAD + text)

    def fake(self) -> None:
        """From now on, runs have no server, no keeper and no stage."""
        self.write("conftest.py", FAKES)

    def run(self, *args: str) -> pytest.RunResult:
        """pytest, in this process."""
        return self.pytester.runpytest_inprocess(*args)

    @property
    def folders(self) -> list[Path]:
        """Run folders."""
        return [path for path in self.path.glob("reports/2*") if path.is_dir()]

    @property
    def folder(self) -> Path:
        """The one run folder."""
        [folder] = self.folders
        return folder

    @property
    def results(self) -> dict[str, Any]:
        """What results.json says."""
        read: dict[str, Any] = json.loads((self.folder / "results.json").read_bytes())
        return read

    @property
    def verdicts(self) -> dict[str, str]:
        """Verdicts by clause."""
        return {one["clause"]: one["verdict"] for one in self.results["findings"]}


@pytest.fixture
def project(pytester: pytest.Pytester) -> Project:
    return Project(pytester)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str | bytes], None]:
    """A comparison with a file in `golden` beside the test; UPDATE_GOLDEN=1 writes the file."""
    folder = request.path.parent / "golden"

    def compare(name: str, made: str | bytes) -> None:
        data = made.encode() if isinstance(made, str) else made
        if os.environ.get("UPDATE_GOLDEN") == "1":
            folder.mkdir(exist_ok=True)
            (folder / name).write_bytes(data)
        assert data.decode() == (folder / name).read_bytes().decode()

    return compare


@pytest.fixture(scope="session", autouse=True)
def real_programs(request: pytest.FixtureRequest) -> None:
    """livekit-server and toxiproxy-server on PATH, built once per user if they are not there.

    Only when a test asks for the real thing. Where they cannot be had, those tests skip.
    """
    if not any(item.get_closest_marker("real") for item in request.session.items):
        return
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def say(text: str) -> None:
        with capture.global_and_fixture_disabled():
            print(f"\n{text}", flush=True)  # noqa: T201 - it takes minutes once

    try:
        folders = {str(ensure(m, default_cache(), say).parent) for m in (LIVEKIT, TOXIPROXY)}
    except ServerError as error:
        say(f"tests that need real programs will skip: {error}")
        return
    os.environ["PATH"] = os.pathsep.join([*sorted(folders), os.environ["PATH"]])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skip that nobody allowed is a failure: what did not run is not green."""
    report = yield
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        assert call.excinfo is not None, "a skip is an exception"
        reason = str(call.excinfo.value)
        if not reason.startswith(ALLOWED_SKIPS):
            report.outcome = "failed"
            report.longrepr = f"skipped in CI for a reason that is not allowed: {reason}"
    return report
