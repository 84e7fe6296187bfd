from __future__ import annotations

import os
import resource
import select
import socket
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from harness.evidence.ledger_records import RecordKind, read_records
from harness.gateway.relay_messages import AnyReply, CannotStart, Ready
from harness.gateway.relay_process import RelayProcess, start_relay


def first_line(process: RelayProcess) -> AnyReply:
    process.control.settimeout(20)
    answer: AnyReply = msgspec.json.decode(process.control.recv(4096), type=AnyReply)
    return answer


def status(process: RelayProcess) -> int:
    """How it ended, once it has."""
    pidfd = os.pidfd_open(process.pid)
    assert select.select([pidfd], [], [], 5)[0]
    os.close(pidfd)
    return os.waitstatus_to_exitcode(os.waitpid(process.pid, 0)[1])


def test_relay_ends_with_its_control_socket_and_leaves_a_ledger(tmp_path: Path) -> None:
    process = start_relay(tmp_path, seed=1)
    assert first_line(process) == Ready()
    process.control.close()
    assert status(process) == 0
    for kind in RecordKind:
        assert len(read_records(tmp_path, kind)) == 0


def test_unwritable_folder_is_said_at_once(tmp_path: Path) -> None:
    process = start_relay(tmp_path / "absent", seed=1)
    answer = first_line(process)
    assert isinstance(answer, CannotStart)
    assert "absent" in answer.error
    assert status(process) == 0
    process.control.close()


def test_nonsense_on_the_control_socket_ends_it_with_a_trace(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    process = start_relay(tmp_path, seed=1)
    first_line(process)
    process.control.sendall(b"nonsense\n")
    assert status(process) == 1
    process.control.close()


def test_it_keeps_no_socket_of_its_parent_open(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair()
    process = start_relay(tmp_path, seed=1)
    first_line(process)
    theirs.close()
    ours.settimeout(20)
    assert ours.recv(1) == b""
    ours.close()
    process.control.close()
    status(process)


def test_it_may_have_as_many_sockets_as_its_user(tmp_path: Path) -> None:
    process = start_relay(tmp_path, seed=1)
    first_line(process)
    limits = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
    process.control.close()
    status(process)
    assert limits[0] == limits[1]


def test_termination_leaves_a_ledger(tmp_path: Path) -> None:
    process = start_relay(tmp_path, seed=1)
    first_line(process)
    os.kill(process.pid, 15)
    assert status(process) == 0
    process.control.close()


PARENT = """
import os, pathlib, sys
from harness.gateway.relay_process import start_relay
process = start_relay(pathlib.Path(sys.argv[1]), seed=1)
print(process.pid, flush=True)
sys.stdin.read()
"""


def test_relay_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert parent.stdin is not None
    assert parent.stdout is not None
    with parent.stdin, parent.stdout:
        relay = os.pidfd_open(int(parent.stdout.readline()))
        assert not select.select([relay], [], [], 0)[0]
        parent.kill()
        parent.wait(timeout=20)
        assert select.select([relay], [], [], 5)[0]
        os.close(relay)
