"""Runs of a user's project on a real livekit-server: how they end, and what they leave."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from jsonschema import Draft202012Validator

from harness.evidence.run_event import RunFinished
from harness.evidence.run_events import read_events
from harness.server import binary, embedded

if TYPE_CHECKING:
    from tests.conftest import Project

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.real

LIMIT_S = 60
DOCS = Path(__file__).parent.parent / "docs"
TOKEN = re.compile(rb"eyJ[\w-]{8,}")
PROBE = "def environment(): return 'seen'\n"
HEARD = """
import json, pathlib, psutil

@clause("OWN-001")
async def test_heard(stage, judge, pytestconfig):
    alice, bob = await stage.join("alice", "bob")
    tone = await alice.publish(Tone(pilot_hz=400))
    face = await alice.publish(ColourCode(track_code=3))
    heard = await bob.record(tone, face)
    await heard.until_flowing()
    await stage.probe(__file__.replace("test_own", "probes"), "environment")
    family = psutil.Process().children(recursive=True)
    pathlib.Path("../seen.json").write_text(json.dumps({
        "secrets": [stage._setup.server.api_key, stage._setup.server.api_secret],
        "commands": [" ".join(one.cmdline()) for one in family],
    }))
    judge("OWN-001", fact, True, "it flowed")
"""
WAITS = """
import asyncio, sys

@clause("OWN-001")
async def test_first(stage, judge):
    judge("OWN-001", fact, True, "x")

async def wait(stage):
    alice, bob = await stage.join("alice", "bob")
    tone = await alice.publish(Tone(pilot_hz=400))
    heard = await bob.record(tone)
    await heard.until_flowing()
    print("READY", file=sys.stderr, flush=True)
    await asyncio.Event().wait()

@clause("OWN-002")
async def test_waits(stage, judge):
    await wait(stage)
"""
WAITS_BESIDE = """
@clause("OWN-003")
async def test_waits_beside(stage, judge):
    await wait(stage)
"""


@dataclass
class Running:
    """A pytest that waits in the middle of a scenario, or each of its processes in one."""

    process: subprocess.Popen[str]
    family: list[psutil.Process]
    """Everything that it has started."""

    def ended(self) -> int:
        """Its exit code, once nothing of it is left."""
        self.process.communicate(timeout=LIMIT_S)
        _, alive = psutil.wait_procs(self.family, timeout=LIMIT_S)
        assert not alive
        return self.process.returncode


@pytest.fixture
def server_option() -> str:
    program = embedded.built(embedded.LIVEKIT, embedded.default_cache())
    found = binary.on_path(binary.SERVER_NAME) or program
    if found is None:
        pytest.skip("no livekit-server on PATH and none built before")
    return f"--lk-server-binary={found}"


@pytest.fixture
def own(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The project lies in a folder of its own, so that a test can keep files beside it.

    Its runs wait for no other on this machine.
    """
    monkeypatch.setenv("TMPDIR", str(project.path))
    project.path = project.path / "own"
    for name in ("pytest.ini", "own.toml"):
        text = (project.pytester.path / name).read_text()
        project.write(name, text)
        (project.pytester.path / name).unlink()
    return project


@pytest.fixture
def waiting(own: Project, server_option: str) -> Iterator[Callable[[int], Running]]:
    """Starts a run of so many processes and waits until each of them does."""
    started: list[subprocess.Popen[str]] = []

    def start(processes: int) -> Running:
        own.scenarios(WAITS + (WAITS_BESIDE if processes > 1 else ""))
        several = [f"-n{processes}"] if processes > 1 else []
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-s", server_option, *several],
            cwd=own.path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        watchdog = threading.Timer(LIMIT_S, process.kill)
        watchdog.start()
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if "".join(said).count("READY") == processes:
                break
        watchdog.cancel()
        watchdog.join()
        assert "READY" in said[-1], "".join(said)
        family = psutil.Process(process.pid).children(recursive=True)
        least = 5 * processes
        assert len(family) >= least, "keeper, server, gateway, relay, two participants each"
        return Running(process, family)

    yield start
    for process in started:
        process.kill()
        process.communicate()


def run(own: Project, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", *args],
        cwd=own.path,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def is_as_published(folder: Path) -> bool:
    """Whether results.json is valid by the schema in docs/."""
    published = json.loads((DOCS / "results.schema.json").read_bytes())
    Draft202012Validator(published).validate(json.loads((folder / "results.json").read_bytes()))
    return True


def test_keys_secrets_and_tokens_are_in_no_file_and_no_process_list(
    own: Project, server_option: str
) -> None:
    own.write("probes.py", PROBE)
    own.scenarios(HEARD)
    ended = run(own, server_option, "-rA")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    seen = json.loads((own.path.parent / "seen.json").read_bytes())
    key, secret = seen["secrets"]
    files = [path for path in own.folder.rglob("*") if path.is_file()]
    texts = {str(path.relative_to(own.folder)): path.read_bytes() for path in files}
    texts["commands"] = "\n".join(seen["commands"]).encode()
    texts["output"] = (ended.stdout + ended.stderr).encode()

    assert len(key) >= 8
    assert len(secret) >= 32
    assert {path.name for path in files} >= {
        "events.ndjson", "results.json", "report.html", "junit.xml", "signalling.ndjson",
        "livekit-server.log", "livekit-server.json", "gateway.log", "worker.log", "arrivals.bin",
        "summary.md", "badge.svg",
    }  # fmt: skip
    assert is_as_published(own.folder)
    assert len(seen["commands"]) >= 5
    for name, text in texts.items():
        assert key.encode() not in text, name
        assert secret.encode() not in text, name
        assert not TOKEN.search(text), name


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_a_report_and_no_process(
    own: Project, waiting: Callable[[int], Running], by: signal.Signals, processes: int
) -> None:
    running = waiting(processes)
    running.process.send_signal(by)

    assert running.ended() == pytest.ExitCode.INTERRUPTED
    assert own.verdicts["OWN-001"] == "PASS"
    assert "OWN-002" in (own.folder / "report.html").read_text()
    finished = read_events(own.folder).events[-1]
    assert isinstance(finished, RunFinished)
    assert finished.exit_code == pytest.ExitCode.INTERRUPTED
    assert is_as_published(own.folder)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_kill_leaves_a_readable_folder_and_no_process(
    own: Project, waiting: Callable[[int], Running], processes: int
) -> None:
    running = waiting(processes)
    running.process.kill()
    assert running.ended() == -signal.SIGKILL
    assert not (own.folder / "report.html").exists()
    command = shutil.which("livekit-harness", path=str(Path(sys.executable).parent))
    assert command is not None
    report = subprocess.run(
        [command, "report", str(own.folder)],
        capture_output=True, text=True, timeout=LIMIT_S, check=False,
    )  # fmt: skip

    assert report.returncode == 11, report.stderr
    assert report.stdout.startswith("CUT SHORT: ")
    assert "CUT           OWN-002" in report.stdout
    assert own.verdicts == {"OWN-001": "PASS"}
    assert is_as_published(own.folder)
    assert (own.folder / "report.html").is_file()


@pytest.mark.parametrize("processes", [1, 2])
def test_a_run_behind_a_shell_ends_by_sigterm(
    own: Project, waiting: Callable[[int], Running], processes: int
) -> None:
    """A shell starts what stands before `&` with SIGINT ignored."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        running = waiting(processes)
    finally:
        signal.signal(signal.SIGINT, before)
    running.process.send_signal(signal.SIGTERM)

    assert running.ended() == pytest.ExitCode.INTERRUPTED
    assert "OWN-002" in (own.folder / "report.html").read_text()


def test_one_of_several_processes_that_is_killed_leaves_nothing_and_the_others_go_on(
    own: Project, waiting: Callable[[int], Running]
) -> None:
    running = waiting(2)
    [worker, *_] = [one for one in running.family if one.ppid() == running.process.pid]
    its_own = worker.children(recursive=True)
    worker.kill()
    _, alive = psutil.wait_procs(its_own, timeout=LIMIT_S)
    assert not alive
    running.process.send_signal(signal.SIGINT)

    assert running.ended() == pytest.ExitCode.INTERRUPTED
    assert own.verdicts["OWN-001"] == "PASS"
    assert sorted(own.verdicts.values()) == ["ERROR", "PASS"]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ws://127.0.0.1:9", "ws://127.0.0.1:9 cannot be reached"),
        ("nonsense", "give it as ws://HOST:PORT"),
    ],
)
def test_a_deployment_that_does_not_answer_is_one_line(own: Project, url: str, says: str) -> None:
    own.scenarios(HEARD)
    ended = run(own, f"--lk-url={url}", LIVEKIT_API_KEY="k", LIVEKIT_API_SECRET="s" * 32)
    [line] = [line for line in ended.stdout.splitlines() if says in line and "!" in line]

    assert ended.returncode == 10
    assert "livekit-harness: " in line
    assert "Traceback" not in ended.stdout
