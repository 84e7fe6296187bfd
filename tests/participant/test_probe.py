from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from livekit import rtc

from harness.participant.probe import ProbeNeedsRoom, ProbeNotFound, run_probe

SOURCE = """
LIMIT = 3
CALLS = []

def add(a, b):
    return a + b

async def later(value):
    return [value]

def joined(room, more):
    return [room, more]

def count():
    CALLS.append(None)
    return len(CALLS)

def broken():
    raise TypeError("an integer is required")
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "probes.py"
    path.write_text(SOURCE)
    return path


@pytest.mark.asyncio
async def test_plain_and_async_functions_are_called(file: Path) -> None:
    assert await run_probe(file, "add", {"a": 2, "b": 3}, None) == 5
    assert await run_probe(file, "later", {"value": "x"}, None) == ["x"]


@pytest.mark.asyncio
async def test_what_a_call_keeps_the_next_one_finds(file: Path) -> None:
    assert await run_probe(file, "count", {}, None) == 1
    assert await run_probe(file, "count", {}, None) == 2


@pytest.mark.asyncio
async def test_what_it_raises_is_raised(file: Path) -> None:
    with pytest.raises(TypeError, match="an integer is required"):
        await run_probe(file, "broken", {}, None)


@pytest.mark.asyncio
async def test_a_missing_file_or_function_says_so(file: Path) -> None:
    with pytest.raises(ProbeNotFound, match=r"nowhere.py is not a Python file"):
        await run_probe(file.with_name("nowhere.py"), "add", {}, None)
    with pytest.raises(ProbeNotFound, match="defines no function LIMIT"):
        await run_probe(file, "LIMIT", {}, None)


@pytest.mark.asyncio
async def test_a_function_that_takes_the_room_is_given_it(file: Path) -> None:
    room = cast("rtc.Room", "the room")

    assert await run_probe(file, "joined", {"more": 1}, room) == ["the room", 1]
    with pytest.raises(ProbeNeedsRoom, match="joined needs a room: probe a participant that has"):
        await run_probe(file, "joined", {"more": 1}, None)
