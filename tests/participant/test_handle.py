"""Participants without a server: start, probes, refusals, deaths."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.participant.connection import CommandFailed, CommandTimedOut, ParticipantDied
from harness.participant.handle import ParticipantHandle
from harness.processes.child import Exit

if TYPE_CHECKING:
    from tests.participant.conftest import Start

PROBES = """
import asyncio
from livekit import rtc

def double(n):
    return n * 2

def wrong_type():
    rtc.AudioFrame(12, 48000, 1, 480)

def abort():
    rtc.AudioSource(48000, 1, queue_size_ms=55)

async def forever():
    await asyncio.sleep(1000)
"""


@pytest.fixture
def probes(tmp_path: Path) -> Path:
    path = tmp_path / "probes.py"
    path.write_text(PROBES)
    return path


@pytest.mark.asyncio
async def test_a_participant_says_what_it_is_and_has_a_folder(start: Start, tmp_path: Path) -> None:
    alice = await start("alice")

    assert alice.hello.sdk.startswith("python ")
    assert (tmp_path / "alice" / "worker.log").exists()
    assert (tmp_path / "alice" / "events.ndjson").exists()
    assert alice.pid > 0
    assert (alice.events, alice.faults) == ([], [])


@pytest.mark.asyncio
async def test_a_probe_returns_json_or_the_error_of_the_sdk(start: Start, probes: Path) -> None:
    alice = await start("alice")

    assert await alice.probe(probes, "double", {"n": 21}) == 42
    with pytest.raises(CommandFailed, match="alice: probe failed: TypeError: expected bytes"):
        await alice.probe(probes, "wrong_type", {})


@pytest.mark.asyncio
async def test_an_abort_of_the_sdk_ends_one_participant_and_says_how(
    start: Start, probes: Path
) -> None:
    alice, bob = await start("alice"), await start("bob")

    with pytest.raises(ParticipantDied, match="alice died: killed by SIGABRT") as died:
        await alice.probe(probes, "abort", {})

    assert any("queue_size_ms" in line or "panic" in line for line in died.value.last_lines)
    assert await bob.probe(probes, "double", {"n": 1}) == 2


@pytest.mark.asyncio
async def test_a_killed_participant_fails_what_waits_at_once(start: Start, probes: Path) -> None:
    alice = await start("alice")
    waiting = asyncio.create_task(alice.probe(probes, "forever", {}))
    await alice.health()
    alice.kill()

    async with asyncio.timeout(20):
        with pytest.raises(ParticipantDied) as died:
            await waiting
    assert died.value.exited == Exit(code=None, signal=signal.SIGKILL)
    with pytest.raises(ParticipantDied, match="killed by SIGKILL"):
        await alice.mute("TR_a")
    await alice.close()


@pytest.mark.asyncio
async def test_a_probe_has_a_time_limit(start: Start, probes: Path) -> None:
    alice = await start("alice")

    with pytest.raises(CommandTimedOut):
        await alice.probe(probes, "forever", {}, timeout_s=0.05)
    assert await alice.probe(probes, "double", {"n": 1}) == 2


@pytest.mark.asyncio
async def test_a_join_that_takes_too_long_kills_the_participant(start: Start) -> None:
    alice = await start("alice")

    with silent_listener() as port, pytest.raises(CommandTimedOut, match="join within"):
        await alice.join(url=f"ws://127.0.0.1:{port}", token="t", timeout_s=0.3)
    with pytest.raises(ParticipantDied, match="SIGKILL"):
        await alice.wait_for_event("connected", timeout_s=5)


@pytest.mark.asyncio
async def test_nobody_answers_at_the_url(start: Start) -> None:
    alice = await start("alice")

    with pytest.raises(CommandFailed, match="alice: join failed: ConnectError"):
        await alice.join(url="ws://127.0.0.1:9", token="t")


@pytest.mark.asyncio
async def test_closing_ends_the_process(start: Start) -> None:
    alice = await start("alice")
    await alice.close()

    with pytest.raises(ParticipantDied, match="exit code 0"):
        await alice.health()
    assert isinstance(alice, ParticipantHandle)


@contextmanager
def silent_listener() -> Iterator[int]:
    """A port that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]
