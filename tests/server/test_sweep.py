from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.server import sweep
from harness.server.docker_engine import Engine, connected
from harness.server.sweep import is_leftover, labels_of_this_run

CHILD = """
from harness.server.sweep import labels_of_this_run
import json
print(json.dumps(labels_of_this_run()))
"""

RUN = """
import sys
from pathlib import Path
from harness.processes.keeper_client import Keeper
from harness.server.choose import Wanted, choose
folder = Path(sys.argv[1])
with Keeper.start(preload=[], log=folder / "keeper.log") as keeper:
    choice = choose(Wanted(backend="container"), lambda _: None)
    running = choice.backend.start_toxiproxy(keeper, folder)
    print(running.running.container.get_wrapped_container().name, flush=True)
    sys.stdin.read()
"""


def test_live_run_is_no_leftover() -> None:
    assert not is_leftover(labels_of_this_run())


def test_run_that_has_ended_is_a_leftover() -> None:
    done = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, check=True, text=True)
    assert is_leftover(eval(done.stdout))


@pytest.mark.parametrize("label", ["start", "boot"])
def test_later_process_with_the_same_number_is_told_apart(label: str) -> None:
    labels = labels_of_this_run() | {f"livekit-harness.{label}": "earlier"}
    assert is_leftover(labels)


def test_run_of_another_host_is_not_ours_to_judge() -> None:
    labels = labels_of_this_run() | {"livekit-harness.host": "another", "livekit-harness.pid": "0"}
    assert not is_leftover(labels)


def test_two_runs_of_one_process_differ() -> None:
    assert labels_of_this_run() != labels_of_this_run()
    assert labels_of_this_run()["livekit-harness.pid"] == str(os.getpid())


@pytest.mark.real
def test_container_of_a_killed_run_is_removed(engine: Engine, tmp_path: Path) -> None:
    assert engine.usable
    with subprocess.Popen(
        [sys.executable, "-c", RUN, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        name = run.stdout.readline().strip()
        with connected(30) as client:
            assert name not in sweep.sweep(client), "its run is still there"
            run.kill()
            run.wait(10)
            assert client.containers.get(name).status == "running"
            assert name in sweep.sweep(client)
            assert name not in {found.name for found in client.containers.list(all=True)}
