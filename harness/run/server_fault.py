"""A fault of livekit-server in the middle of an attempt, brought about from outside."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from harness.evidence.signalling import FILE_NAME
from harness.sabotage.sabotage import ServerFault
from harness.server.model import RunningServer

POLL_S = 0.02
"""Reading the record of signalling until the moment has come."""


class _Passed(msgspec.Struct):
    direction: str
    kind: str


_decoder = msgspec.json.Decoder(_Passed)


@asynccontextmanager
async def struck(fault: ServerFault, running: RunningServer, folder: Path) -> AsyncIterator[None]:
    """Let the fault happen while the block runs, if its moment comes.

    Args:
        fault: What is to happen.
        running: The server.
        folder: Of the attempt, where signalling is recorded as it passes.

    Raises:
        NotConfigurableError: the server is not ours.
        ServerError: it did not start again.
    """
    over = asyncio.Event()
    striking = asyncio.create_task(strike(fault, running, folder, over), name="server fault")
    try:
        yield
    finally:
        over.set()
        await asyncio.wait([striking])
    striking.result()


async def strike(
    fault: ServerFault, running: RunningServer, folder: Path, over: asyncio.Event
) -> None:
    """Wait for the fault's moment, then do it; give up waiting when it is over."""
    if not await _moment(folder / FILE_NAME, fault.at, over):
        return
    if await _within(over, fault.after_ms / 1000):
        return
    match fault.how:
        case "kill":
            await asyncio.to_thread(running.stop)
        case "restart":
            await asyncio.to_thread(running.restart)
        case "stop":
            await asyncio.to_thread(running.pause)
            if fault.for_ms is not None:
                await _within(over, fault.for_ms / 1000)
                await asyncio.to_thread(running.resume)


async def _moment(path: Path, kind: str, over: asyncio.Event) -> bool:
    """Wait until a client has sent a message of this kind; whether one has."""
    read = 0
    while True:
        passed, read = _passed(path, read)
        if any(one.direction == "client" and one.kind == kind for one in passed):
            return True
        if await _within(over, POLL_S):
            return False


async def _within(over: asyncio.Event, seconds: float) -> bool:
    """Whether it is over before that time has passed."""
    try:
        async with asyncio.timeout(seconds):
            await over.wait()
    except TimeoutError:
        return False
    return True


def _passed(path: Path, offset: int) -> tuple[list[_Passed], int]:
    """The whole lines of a file from there on, and where the next one will begin."""
    if not path.exists():
        return [], 0
    with path.open("rb") as file:
        file.seek(offset)
        data = file.read()
    *lines, rest = data.split(b"\n")
    return [_decoder.decode(line) for line in lines], offset + len(data) - len(rest)
