"""The process itself, spoken to in bare lines."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.evidence.sdk_event import SdkEvent
from harness.participant import protocol, protocol_lines
from harness.participant.handle import WORKER
from harness.participant.redaction import LONGEST
from harness.participant.worker import Worker
from harness.processes.child import Child, Exit
from harness.processes.keeper_client import Keeper
from harness.processes.lines import MAX_LINE, LineChannel

LIMIT_S = 10.0
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"
PROBES = """
import asyncio, logging, os

def big():
    return "x" * 2_000_000

def unencodable():
    return object()

def fail(size):
    raise ValueError("x" * size)

def log(text):
    logging.getLogger("livekit").warning("signal failed: %s", text)

async def forever():
    await asyncio.sleep(1000)
"""


class Line:
    """One participant process, a line at a time."""

    def __init__(self, child: Child) -> None:
        assert child.socket is not None
        self.child, self.socket = child, child.socket
        self.socket.settimeout(LIMIT_S)
        self._file = self.socket.makefile("rb")

    def say(self, line: bytes) -> None:
        self.socket.sendall(line + b"\n")

    def ask(self, number: int, **command: object) -> dict[str, Any]:
        self.say(json.dumps({"id": number, "command": command}).encode())
        return self.hear()

    def hear(self) -> dict[str, Any]:
        result: dict[str, Any] = json.loads(self._file.readline())
        return result

    def close(self) -> None:
        self._file.close()
        self.socket.close()


@pytest.fixture
def line(keeper: Keeper, tmp_path: Path) -> Iterator[Line]:
    child = keeper.fork(f"{WORKER}:main", name="alice", log=tmp_path / "worker.log")
    opened = Line(child)
    yield opened
    opened.close()
    assert child.wait(LIMIT_S) is not None


@pytest.fixture
def probe(line: Line, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    (tmp_path / "probes.py").write_text(PROBES)
    line.hear()

    def ask(function: str, **args: object) -> dict[str, Any]:
        return line.ask(
            1, type="probe", file=str(tmp_path / "probes.py"), function=function, args=args
        )

    return ask


def test_the_first_line_is_the_hello(line: Line) -> None:
    hello = line.hear()

    assert hello["type"] == "hello"
    assert hello["protocol"] == 1
    assert hello["sdk"].startswith("python 1.")
    assert {"join", "mute", "record", "probe"} <= set(hello["features"])


@pytest.mark.parametrize(
    ("said", "answer", "error"),
    [
        (b'{"id":1,"command":{"type":"fly"}}', 1, "Invalid value 'fly'"),
        (b'{"id":1,"command":{"type":"mute"}}', 1, "sid"),
        (b"not JSON", None, "malformed"),
        (b'{"id":7}', None, "command"),
        (b"", None, "truncated"),
    ],
)
def test_what_is_not_understood_is_answered_and_survived(
    line: Line, said: bytes, answer: int | None, error: str
) -> None:
    line.hear()
    line.say(said)

    failed = line.hear()

    assert (failed["type"], failed["id"]) == ("failed", answer)
    assert error in failed["error"]
    assert line.ask(2, type="get_health")["type"] == "reply"


@pytest.mark.parametrize("command", ["leave", "get_statistics", "get_publications"])
def test_who_it_is_comes_first_and_a_room_before_what_needs_one(
    line: Line, tmp_path: Path, command: str
) -> None:
    line.hear()

    assert "begin first" in line.ask(1, type=command)["error"]
    assert line.ask(2, type="begin", identity="alice", folder=str(tmp_path))["type"] == "reply"
    assert "begun already" in line.ask(3, type="begin", identity="a", folder="/")["error"]
    if command != "leave":
        assert "join first" in line.ask(4, type=command)["error"]


def test_a_probe_that_returns_too_much_or_no_json_is_an_error(
    probe: Callable[..., dict[str, Any]],
) -> None:
    assert "make it return less" in probe("big")["error"]
    assert probe("unencodable")["kind"] == "TypeError"


def test_a_failure_of_any_length_is_answered(probe: Callable[..., dict[str, Any]]) -> None:
    failed = probe("fail", size=2 * MAX_LINE)

    assert (failed["type"], failed["id"], failed["kind"]) == ("failed", 1, "ValueError")
    assert failed["error"].startswith("xxx")
    assert len(failed["error"]) == LONGEST


@pytest.mark.parametrize(
    ("told", "why"), [("x" * MAX_LINE, f"longer than {MAX_LINE}"), ("\ud800", "surrogates")]
)
@pytest.mark.asyncio
async def test_an_event_that_cannot_be_told_is_a_fault(told: str, why: str) -> None:
    event = SdkEvent(
        at_ns=1, participant="bob", name="room_metadata_changed", details={"new": told}
    )
    ours, theirs = socket.socketpair()
    worker, run = Worker(), await LineChannel.open(theirs)
    worker._channel = await LineChannel.open(ours)
    worker._emit(event)
    async with asyncio.timeout(LIMIT_S):
        line = await run.read()
    await worker._channel.close()
    await run.close()

    fault = protocol_lines.read_message(line or b"")
    assert isinstance(fault, protocol.Fault)
    assert fault.where == "event room_metadata_changed"
    assert fault.error.startswith("could not be said: ")
    assert why in fault.error


def test_tokens_stay_out_of_the_log(
    probe: Callable[..., dict[str, Any]], line: Line, tmp_path: Path
) -> None:
    probe("log", text=f"ws://h/rtc?access_token={TOKEN}")
    line.ask(1, type="begin", identity="alice", folder=str(tmp_path))
    failed = line.ask(2, type="join", url="ws://127.0.0.1:9", token=TOKEN)

    assert failed["kind"] == "ConnectError"
    log = (tmp_path / "worker.log").read_text()
    assert "signal failed: ws://h/rtc?access_token=…" in log
    assert TOKEN[:20] not in log + failed["error"]


def test_it_ends_at_once_when_its_line_does(line: Line) -> None:
    line.hear()
    line.close()

    assert line.child.wait(2.0) == Exit(code=0, signal=None)


def test_what_was_fed_before_sigterm_is_in_its_file(line: Line, tmp_path: Path) -> None:
    line.hear()
    line.ask(1, type="begin", identity="alice", folder=str(tmp_path))
    published = line.ask(2, type="publish_tone", name="tone", tone={}, hold=True)
    assert published["result"]["sid"] is None
    asked = (line.ask(3, type="get_health")["result"]["handovers"] for _ in range(10_000))
    assert any(asked)
    line.child.terminate()

    assert line.child.wait(2.0) == Exit(code=None, signal=15)
    assert (tmp_path / "tone.sent").stat().st_size >= 16
