"""What is no message, on either end of the line between a run and its keeper."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.processes.keeper_client import Keeper, KeeperError
from harness.processes.messages import MOST_BYTES, Exited, Prepare, Ready, Spawn, Started, encode

LIMIT_S = 10.0
NO_REQUESTS = {
    "no JSON": b"nonsense\n",
    "no UTF-8": b'{"type":"Fork","request":1,"target":"\xff","log":"x"}\n',
    "nested": b'{"type":"Prepare","path":' + b"[" * 100_000 + b"\n",
    "a report": encode(Ready()),
    "no end": bytes(MOST_BYTES + 1),
}


@pytest.mark.parametrize("line", NO_REQUESTS.values(), ids=NO_REQUESTS)
def test_a_keeper_that_is_told_nonsense_ends_all_it_started_and_says_why(
    line: bytes, tmp_path: Path
) -> None:
    ours, theirs = socket.socketpair()
    log = tmp_path / "keeper.log"
    command = [sys.executable, "-P", "-m", "harness.processes.keeper"]
    with ours, theirs, log.open("wb") as output:
        keeper = subprocess.Popen(
            [*command, str(theirs.fileno()), str(os.getpid())],
            stdout=output,
            stderr=output,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        ours.settimeout(LIMIT_S)
        argv = ["sleep", "300"]
        ours.sendall(encode(Prepare(path=sys.path, preload=[])))
        ours.sendall(encode(Spawn(request=1, argv=argv, env=None, cwd=None, log=str(log))))
        said = ours.makefile("rb")
        assert b"Ready" in said.readline()
        assert b"Started" in said.readline()
        ours.sendall(line)
        assert keeper.wait(LIMIT_S) == 0
        assert b"Exited" in said.readline(), "the sleeper is ended"
    (words,) = log.read_text().splitlines()
    assert words.startswith("the keeper ends: the run said what is no request: ")


class GoneProcess:
    """A keeper that has ended, as far as its run can see."""

    pid = 1

    def wait(self, timeout: float) -> int:
        return 0


REPORTS = st.one_of(
    st.builds(Ready, problem=st.none() | st.text(max_size=5)),
    st.builds(Started, request=st.integers(0, 3), pid=st.integers(0, 3)),
    st.builds(Exited, pid=st.integers(0, 3), code=st.none() | st.integers(), signal=st.none()),
).map(encode)
LINES = st.binary(max_size=30).map(lambda data: data + b"\n")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(REPORTS, LINES), max_size=5))
def test_a_run_whose_keeper_says_anything_knows_that_it_is_gone(lines: list[bytes]) -> None:
    ours, theirs = socket.socketpair()
    keeper = Keeper(cast("subprocess.Popen[bytes]", GoneProcess()), ours)
    with theirs:
        theirs.sendall(b"".join(lines))
        theirs.shutdown(socket.SHUT_WR)
        keeper.close()
    with pytest.raises(KeeperError, match="the keeper process is gone"):
        keeper.fork("a:b", name="x", log=Path("x"))


def test_a_run_ends_a_keeper_that_it_cannot_understand() -> None:
    ours, theirs = socket.socketpair()
    keeper = Keeper(cast("subprocess.Popen[bytes]", GoneProcess()), ours)
    with theirs:
        theirs.settimeout(LIMIT_S)
        theirs.sendall(b"nonsense\n")
        assert theirs.recv(1) == b""
        keeper.close()
