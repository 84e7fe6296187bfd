from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from harness.evidence.signalling import FILE_NAME, Direction, SignallingMessage
from harness.run import server_fault
from harness.run.server_fault import strike, struck
from harness.sabotage.sabotage import ServerFault
from harness.server.model import ServerConfig, ServerError
from tests.run.conftest import FakeServer

LIMIT_S = 20.0


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_fault, "POLL_S", 0)


@pytest.fixture
def running() -> FakeServer:
    return FakeServer(config=ServerConfig())


def recorded(kind: str, direction: Direction = "client") -> bytes:
    message = SignallingMessage(
        at_ns=1, participant="alice", direction=direction, kind=kind, bytes=9
    )
    return msgspec.json.encode(message) + b"\n"


def append(folder: Path, data: bytes) -> None:
    with (folder / FILE_NAME).open("ab") as file:
        file.write(data)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("fault", "done", "runs"),
    [
        (ServerFault(how="kill"), [], False),
        (ServerFault(how="restart"), ["restart"], True),
        (ServerFault(how="stop"), ["pause"], True),
        (ServerFault(how="stop", for_ms=1), ["pause", "resume"], True),
    ],
    ids=["kill", "restart", "stop", "stop for a while"],
)
async def test_it_strikes_when_its_moment_has_come(
    running: FakeServer, tmp_path: Path, fault: ServerFault, done: list[str], *, runs: bool
) -> None:
    append(tmp_path, recorded("add_track"))
    async with asyncio.timeout(LIMIT_S):
        await strike(fault, running, tmp_path, asyncio.Event())

    assert running.faults == done
    assert running.alive() == runs


@pytest.mark.asyncio
async def test_its_moment_is_the_first_such_message_of_a_client(
    running: FakeServer, tmp_path: Path
) -> None:
    fault = ServerFault(how="restart", at="mute")
    striking = asyncio.create_task(strike(fault, running, tmp_path, asyncio.Event()))
    for line in (
        b"",
        recorded("add_track"),
        recorded("mute", "server"),
        b'{"direction": "client", "ki',
    ):
        append(tmp_path, line)
        for _ in range(20):
            await asyncio.sleep(0)
        assert not running.faults
    append(tmp_path, b'nd": "mute"}\n')
    async with asyncio.timeout(LIMIT_S):
        await striking

    assert running.faults == ["restart"]


@pytest.mark.asyncio
async def test_what_has_not_come_by_the_end_does_not_come(
    running: FakeServer, tmp_path: Path
) -> None:
    async with struck(ServerFault(how="restart"), running, tmp_path):
        await asyncio.sleep(0)
    append(tmp_path, recorded("add_track"))
    await asyncio.sleep(0)

    assert not running.faults


@pytest.mark.asyncio
async def test_a_fault_that_cannot_be_is_told(running: FakeServer, tmp_path: Path) -> None:
    running.problem = ServerError("the port is busy")
    append(tmp_path, recorded("add_track"))
    with pytest.raises(ServerError, match="the port is busy"):
        await until_struck(running, tmp_path)


async def until_struck(running: FakeServer, folder: Path) -> None:
    async with asyncio.timeout(LIMIT_S), struck(ServerFault(how="restart"), running, folder):
        while not running.faults:  # noqa: ASYNC110 - the fault has a task of its own
            await asyncio.sleep(0)
