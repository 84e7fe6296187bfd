"""The gateway as the keeper forks it: a process with one socket."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

LIMIT_S = 15
RUN = """
import socket, sys
from harness.gateway.program import main
main(socket.socket(fileno=int(sys.argv[1])))
"""


@dataclass
class Gateway:
    process: subprocess.Popen[bytes]
    sock: socket.socket
    log: Path

    def say(self, line: bytes) -> dict[str, str]:
        self.sock.sendall(line)
        return json.loads(self.sock.makefile().readline())  # type: ignore[no-any-return]


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Gateway]:
    ours, theirs = socket.socketpair()
    ours.settimeout(LIMIT_S)
    log = tmp_path / "gateway.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, str(theirs.fileno())],
            pass_fds=[theirs.fileno()], stdout=out, stderr=out,
        )  # fmt: skip
    theirs.close()
    yield Gateway(process=process, sock=ours, log=log)
    ours.close()
    process.kill()
    process.wait(LIMIT_S)


def config(at: Path, **changes: object) -> bytes:
    smallest = {"upstream_url": "ws://127.0.0.1:1", "token": "hushhush", "folder": str(at)}
    return json.dumps({**smallest, **changes}).encode() + b"\n"


def relay_of(program: Gateway) -> psutil.Process:
    [relay] = psutil.Process(program.process.pid).children()
    return relay


def test_it_serves_until_its_socket_closes(program: Gateway, tmp_path: Path) -> None:
    answer = program.say(config(tmp_path))
    assert answer["url"].startswith("ws://127.0.0.1:")
    assert answer["control"].startswith("http://127.0.0.1:")
    relay = relay_of(program)
    program.sock.close()

    assert program.process.wait(LIMIT_S) == 0
    assert not relay.is_running()
    assert "hushhush" not in program.log.read_text()
    assert {path.name for path in tmp_path.iterdir()} >= {
        "arrivals.bin", "departures.bin", "bindings.ndjson", "signalling.ndjson",
    }  # fmt: skip


def test_it_ends_when_it_is_told_to(program: Gateway, tmp_path: Path) -> None:
    program.say(config(tmp_path))
    program.process.send_signal(signal.SIGTERM)

    assert program.process.wait(LIMIT_S) == 0


def test_it_ends_with_status_1_when_its_relay_dies(program: Gateway, tmp_path: Path) -> None:
    program.say(config(tmp_path))
    os.kill(relay_of(program).pid, signal.SIGKILL)

    assert program.process.wait(LIMIT_S) == 1
    assert "was killed by signal 9" in program.log.read_text().splitlines()[-1]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"upstream_url": "nowhere"}, "ws://host:port"),
        ({"folder": "/absent"}, "/absent"),
        ({"interceptors": ["no_such_module:X"]}, "no_such_module"),
    ],
)
def test_what_it_cannot_be_is_one_line_and_status_1(
    program: Gateway, tmp_path: Path, changes: dict[str, object], says: str
) -> None:
    answer = program.say(config(tmp_path, **changes))

    assert says in answer["error"]
    assert program.process.wait(LIMIT_S) == 1
    [line] = program.log.read_text().splitlines()
    assert says in line


def test_without_a_configuration_it_ends(program: Gateway) -> None:
    program.sock.shutdown(socket.SHUT_WR)

    assert json.loads(program.sock.makefile().readline()) == {
        "error": "the gateway was given no configuration line"
    }
    assert program.process.wait(LIMIT_S) == 1
