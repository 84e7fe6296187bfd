"""A project of somebody else's in a folder of its own, and pytest run in it as a program."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from harness.server import binary, embedded

LIMIT_S = 180.0
"""A run may wait until others let the machine go."""
CLAUSE = """
[{id}]
statement = "A sound is heard at its level."
level = "MUST"
claims = []
source = "the application's own contract"
evidence = ["decoded"]
measures = "difference between sent and heard level"
unit = "dB"
limit = {{ max = 6 }}
limit_source = "ours: half the level is still the same sound"
"""

HEADER = """
import os, resource, signal
from pathlib import Path

import psutil
import pytest

from harness.scenario import Judge, ServerConfig, Stage, Tone, clause
from harness.verifiers.sound_level import pilot_level_error


def own_server() -> psutil.Process:
    family = psutil.Process().children(recursive=True)
    (found,) = (p for p in family if p.exe() == os.environ["LK_SERVER"])
    return found


async def sound_is_heard(stage: Stage, judge: Judge, clause_id: str) -> None:
    alice, bob = await stage.join("alice", "bob")
    tone = await alice.publish(Tone(pilot_hz=400))
    heard = await bob.record(tone)
    since = await heard.until_steady()
    until = await stage.run(seconds=1)
    judge(clause_id, pilot_level_error, heard[tone], tone.signal, since_ns=since, until_ns=until)
"""
"""What every scenario of these projects begins with."""

HEARD = """
@clause("FOO-001")
async def test_heard(stage: Stage, judge: Judge) -> None:
    await sound_is_heard(stage, judge, "FOO-001")
"""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A run of pytest that is over."""

    code: int
    output: str


@dataclass(frozen=True, kw_only=True)
class UserProject:
    """A folder with `pytest.ini`, clauses FOO-001 to FOO-003 and one file of scenarios."""

    folder: Path
    server: Path
    """The livekit-server that it runs on."""
    python: Path = Path(sys.executable)
    environment: Mapping[str, str] = field(default_factory=dict)

    def write(self, scenarios: str) -> None:
        """Make the files, or make them anew; `scenarios` follows after `HEADER`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "pytest.ini").write_text("[pytest]\nlk_clauses = clauses.toml\n")
        clauses = "".join(CLAUSE.format(id=f"FOO-00{n}") for n in (1, 2, 3))
        (self.folder / "clauses.toml").write_text(clauses)
        (self.folder / "test_foo.py").write_text(HEADER + scenarios)

    @contextlib.contextmanager
    def running(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Pytest while it runs, without what the environment would add to it; killed at the end."""
        kept = ("PATH", "HOME", "TMPDIR", "LANG")
        environment = {name: os.environ[name] for name in kept if name in os.environ}
        process = subprocess.Popen(
            [str(self.python), "-m", "pytest", "-p", "no:cacheprovider", *arguments],
            cwd=self.folder,
            env={**environment, "LK_SERVER": str(self.server), **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with process:
            try:
                yield process
            finally:
                process.kill()

    def run(self, *arguments: str, limit_s: float = LIMIT_S) -> Ended:
        """Pytest until it ends."""
        with self.running(*arguments) as process:
            output, _ = process.communicate(timeout=limit_s)
            return Ended(code=process.returncode, output=output)

    def run_on_own_server(self, *arguments: str, limit_s: float = LIMIT_S) -> Ended:
        """Pytest until it ends, with a livekit-server that the run starts."""
        return self.run(f"--lk-server-binary={self.server}", *arguments, limit_s=limit_s)

    @property
    def run_folder(self) -> Path:
        """The folder of the newest run."""
        return (self.folder / "reports" / "latest").resolve()

    def results(self) -> Any:  # noqa: ANN401 - JSON
        """`results.json` of the newest run."""
        return msgspec.json.decode((self.run_folder / "results.json").read_bytes())

    def verdicts(self) -> dict[str, str]:
        """Verdict by clause in the newest run."""
        return {finding["clause"]: finding["verdict"] for finding in self.results()["findings"]}

    def processes(self) -> list[psutil.Process]:
        """What runs with a log in this project's folder: everything that its runs start."""
        return [process for process in psutil.process_iter() if _writes_below(process, self.folder)]


def _writes_below(process: psutil.Process, folder: Path) -> bool:
    try:
        return any(Path(file.path).is_relative_to(folder) for file in process.open_files())
    except psutil.Error:
        return False


def server_program() -> Path:
    """A livekit-server that was built before or is on PATH; skips the test if there is none."""
    found = embedded.built(embedded.LIVEKIT, embedded.default_cache())
    found = found or binary.on_path(binary.SERVER_NAME)
    if found is None:
        pytest.skip("no livekit-server on PATH and none built before")
    return found.resolve()
