from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from harness.sabotage.participants.undying import UNDYING

LIMIT_S = 20
PARTICIPANT = """
import asyncio, os, sys
from harness.sabotage.participants.undying import undying
from tests.sabotage.seams import Seams

async def main(identity):
    known = os.getpid()
    undying(Seams(identity))
    await asyncio.sleep(0)
    print(known == os.getpid(), os.getpgid(0) == os.getpid(), flush=True)
    line = await asyncio.to_thread(sys.stdin.readline)
    print("was told", line.strip(), flush=True)
    os._exit(3)

asyncio.run(main(sys.argv[1]))
"""


def started(identity: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PARTICIPANT, identity],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_who_is_killed_goes_on_in_another_process() -> None:
    with started(UNDYING) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "False True\n"
        os.killpg(process.pid, signal.SIGKILL)
        assert process.wait(timeout=LIMIT_S) == -signal.SIGKILL
        process.stdin.write("and goes on\n")
        process.stdin.flush()
        assert process.stdout.read() == "was told and goes on\n"


@pytest.mark.parametrize(("identity", "known"), [(UNDYING, "False"), ("bob", "True")])
def test_who_is_not_killed_ends_as_ever(identity: str, known: str) -> None:
    with started(identity) as process:
        said, _ = process.communicate("goodbye\n", timeout=LIMIT_S)

    assert said == f"{known} True\nwas told goodbye\n"
    assert process.returncode == 3
