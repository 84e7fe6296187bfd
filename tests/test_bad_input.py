"""What can go wrong in a run: one clear line, nothing lost, nothing left behind."""

from __future__ import annotations

import signal
from pathlib import Path

import psutil
import pytest

from harness.evidence.finding import Finding
from harness.evidence.run_event import FindingMade
from harness.evidence.run_events import read_events
from harness.server.docker_engine import Engine, connected, probe
from tests.user_project import HEARD, Ended, UserProject, server_program

pytestmark = pytest.mark.real

GONE_LIMIT_S = 5.0
"""Time that what a killed run leaves has to end."""
SHORT = 1000
"""Characters of a reason that a person still reads."""

PLAYS_ON = """
@clause("FOO-001")
async def test_plays_on(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    await bob.record(await alice.publish(Tone(pilot_hz=400)))
    await stage.run(seconds=40)
"""
KILLS_THE_RUN = """
@clause("FOO-001")
async def test_killed(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    await bob.record(await alice.publish(Tone(pilot_hz=400)))
    os.kill(os.getpid(), signal.SIGKILL)
"""
INTERRUPTED = """
import os, signal, threading

def pytest_sessionstart(session):
    timer = threading.Timer({delay_s}, os.kill, (os.getpid(), signal.SIGINT))
    timer.daemon = True
    timer.start()
"""
IMPATIENT = """
import threading

@clause("FOO-001")
async def test_interrupted(stage: Stage, judge: Judge) -> None:
    await stage.join("alice", "bob")
    for delay_s in (0.0, 0.05, 0.1):
        threading.Timer(delay_s, os.kill, (os.getpid(), signal.SIGINT)).start()
    await stage.run(seconds=40)
"""


@pytest.fixture
def foreign(tmp_path: Path) -> UserProject:
    return UserProject(folder=tmp_path / "foreign", server=server_program())


def finding(project: UserProject, clause: str) -> Finding:
    made = read_events(project.run_folder).of(FindingMade)
    (found,) = (event.finding for event in made if event.finding.clause == clause)
    return found


def assert_one_line(ended: Ended, *, code: int, said: str) -> None:
    assert ended.code == code, ended.output
    assert "Traceback" not in ended.output
    lines = [line for line in ended.output.splitlines() if "livekit-harness: " in line]
    assert len(lines) == 1, ended.output
    assert said in lines[0]


def assert_nothing_left(project: UserProject) -> None:
    """What still runs may end within the time limit, not later."""
    psutil.wait_procs(project.processes(), timeout=GONE_LIMIT_S)
    assert not project.processes()


def test_a_server_that_is_killed_is_one_error_and_is_replaced(foreign: UserProject) -> None:
    foreign.write(
        """
@clause("FOO-002")
async def test_killed(stage: Stage, judge: Judge) -> None:
    await stage.join("alice", "bob")
    own_server().kill()
    await stage.run(seconds=0.5)
"""
        + HEARD
    )

    ended = foreign.run_on_own_server()

    assert ended.code == 10, ended.output
    assert foreign.verdicts() == {"FOO-002": "ERROR", "FOO-001": "PASS"}
    reason = finding(foreign, "FOO-002").reason
    assert reason.startswith("livekit-server ended; it said last: ")
    assert "participant active" in reason
    assert len(reason) < SHORT


def test_a_participant_that_is_killed_is_one_error(foreign: UserProject) -> None:
    foreign.write(
        """
@clause("FOO-002")
async def test_killed(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    os.kill(bob.handle.pid, signal.SIGKILL)
    await bob.record(await alice.publish(Tone(pilot_hz=400)))
"""
        + HEARD
    )

    ended = foreign.run_on_own_server()

    assert ended.code == 10, ended.output
    assert foreign.verdicts() == {"FOO-002": "ERROR", "FOO-001": "PASS"}
    reason = finding(foreign, "FOO-002").reason
    assert reason.startswith("participant bob died: killed by SIGKILL; last log lines: ")
    assert len(reason) < SHORT


FULL = "    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))\n"
"""No file of this process can grow any more."""
DISK_FULL = {
    "in a scenario": '\n@clause("FOO-001")\nasync def test_full(stage, judge) -> None:\n' + FULL,
    "at the end": HEARD + "\n\ndef test_full() -> None:\n" + FULL,
}


@pytest.mark.parametrize("when", DISK_FULL)
def test_a_full_disk_ends_the_run_with_one_line(foreign: UserProject, when: str) -> None:
    foreign.write(DISK_FULL[when])

    ended = foreign.run_on_own_server()

    assert_one_line(ended, code=10, said=f"cannot write {foreign.run_folder}")
    assert_nothing_left(foreign)


@pytest.mark.parametrize(
    "delay_s",
    [0.02, 0.3, 0.5, 0.7, 0.9, 1.1, 1.4, 2.5],
)
def test_an_interrupt_leaves_a_report_and_nothing_else(
    foreign: UserProject, delay_s: float
) -> None:
    foreign.write(PLAYS_ON)
    (foreign.folder / "conftest.py").write_text(INTERRUPTED.format(delay_s=delay_s))

    ended = foreign.run_on_own_server()

    assert ended.code == 2, ended.output
    assert "INTERNALERROR" not in ended.output
    assert_nothing_left(foreign)
    if foreign.run_folder.exists():
        assert foreign.results()["findings"] == []
        assert (foreign.run_folder / "report.html").exists()


def test_an_impatient_interrupt_leaves_nothing_running(foreign: UserProject) -> None:
    foreign.write(IMPATIENT)

    foreign.run_on_own_server()

    assert_nothing_left(foreign)
    assert not read_events(foreign.run_folder).problems


def test_what_a_killed_run_started_ends_within_seconds(foreign: UserProject) -> None:
    foreign.write(KILLS_THE_RUN)

    ended = foreign.run_on_own_server()

    assert ended.code == -signal.SIGKILL
    assert_nothing_left(foreign)


def containers_of_dead_runs() -> list[str | None]:
    with connected(10) as client:
        found = client.containers.list(all=True, filters={"label": "livekit-harness.pid"})
        return [
            c.name for c in found if not psutil.pid_exists(int(c.labels["livekit-harness.pid"]))
        ]


@pytest.fixture
def engine() -> Engine:
    found = probe()
    if not found.usable:
        pytest.skip(found.reason)
    return found


@pytest.mark.usefixtures("engine")
def test_an_interrupt_leaves_no_container(foreign: UserProject) -> None:
    foreign.write(PLAYS_ON)
    (foreign.folder / "conftest.py").write_text(INTERRUPTED.format(delay_s=3))

    ended = foreign.run("--lk-backend=container")

    assert ended.code == 2, ended.output
    assert not containers_of_dead_runs()
    assert_nothing_left(foreign)


@pytest.mark.usefixtures("engine")
def test_containers_of_a_killed_run_are_swept_by_the_next(foreign: UserProject) -> None:
    foreign.write(KILLS_THE_RUN)
    assert foreign.run("--lk-backend=container").code == -signal.SIGKILL
    assert_nothing_left(foreign)
    assert containers_of_dead_runs()
    foreign.write(HEARD)

    ended = foreign.run("--lk-backend=container")

    assert ended.code == 0, ended.output
    assert not containers_of_dead_runs()
    assert_nothing_left(foreign)


def test_several_processes_have_servers_of_their_own_and_one_report(foreign: UserProject) -> None:
    foreign.write(HEARD + HEARD.replace("001", "002").replace("test_", "test_also_"))

    ended = foreign.run_on_own_server("-n", "2")

    assert ended.code == 0, ended.output
    assert foreign.verdicts() == {"FOO-001": "PASS", "FOO-002": "PASS"}
    assert len(list(foreign.run_folder.glob("server*"))) == 2
    assert_nothing_left(foreign)
