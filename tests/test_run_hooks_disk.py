"""The end of a run whose folder can be written no more, in projects of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import FAKES

if TYPE_CHECKING:
    from tests.conftest import Project

pytest_plugins = ["pytester"]

FULL = """
import os
from harness.evidence.run_folder import RunFolderError

def full(*_, **__):
    if {where} <= os.environ.keys():
        raise RunFolderError("cannot write it: No space left on device")

patch.setattr({seam!r}, full)
"""
HOLDS = """
@clause("OWN-001")
async def test_it(stage, judge):
    judge("OWN-001", fact, True, "x")
"""
DIES = """
import os, signal

@clause("OWN-001")
async def test_it(stage, judge):
    os.kill(os.getpid(), signal.SIGKILL)
"""
TOLD = "livekit-harness: no whole report: cannot write it: No space left on device"


def ends(project: Project, seam: str, *args: str, workers: bool = False) -> pytest.RunResult:
    """A run in which this raises what a full disk does; perhaps only in processes of xdist."""
    where = {"PYTEST_XDIST_WORKER"} if workers else set()
    full = FULL.format(seam=f"harness.run_hooks.{seam}", where=where)
    project.write("conftest.py", FAKES + full)
    result = project.pytester.runpytest_subprocess(*args) if args else project.run()
    assert result.ret == 10
    assert result.outlines.count(TOLD) == 1
    result.stdout.no_fnmatch_line("*INTERNALERROR*")
    result.stdout.no_fnmatch_line("*Traceback*")
    return result


@pytest.mark.parametrize("what", ["calibrate_after", "close"])
def test_the_report_is_written_all_the_same(project: Project, what: str) -> None:
    project.scenarios(HOLDS)
    result = ends(project, f"RunSession.{what}")

    assert project.verdicts == {"OWN-001": "PASS"}
    assert project.results["run"]["exit_code"] == 10
    result.stdout.fnmatch_lines(["*the run ended with exit code 10: cannot write it: *"])


def test_a_record_that_cannot_be_read_has_one_line_and_no_summary(project: Project) -> None:
    project.scenarios(HOLDS)
    ends(project, "read_report").stdout.no_fnmatch_line("*LiveKit conformance*")


def test_what_one_of_several_processes_cannot_write_is_told_by_the_first(project: Project) -> None:
    project.scenarios(HOLDS)
    ends(project, "RunSession.calibrate_after", "-n", "2", workers=True)

    assert project.results["run"]["exit_code"] == 10


def test_a_process_that_dies_then_ends_nothing_else(project: Project) -> None:
    project.scenarios(DIES)
    ends(project, "RunSession.note_crash", "-n", "2")
