"""Clients that nobody here wrote, behind `livekit-harness gateway --profile 3g`."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import statistics
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_S, now_ns
from harness.evidence.ledger import Ledger
from harness.evidence.ledger_fates import PacketFate
from harness.gateway.client import GatewayClient
from harness.server.model import Server
from harness.standalone.running import find
from tests.browser.chromium import Page
from tests.standalone.command_line import GatewayCommand, gateway_command

log = logging.getLogger(__name__)
pytestmark = pytest.mark.real

RATE_KBPS = 750
ROUND_TRIP_MS = 250
QUEUE_MS = 300
"""All three from the profile, which has half of the round trip and a queue each way."""
OFFERED_KBPS = 2500
INSISTED_KBPS = 2000
PACKET_KBIT = 1250 * 8 / 1000
LIMIT_S = 60.0


class Agent:
    """The process of agent.py."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def until_frames(self, least: int) -> int:
        """Wait until it has decoded as many pictures; how many it says that it has."""
        assert self._process.stdout is not None
        async with asyncio.timeout(LIMIT_S):
            async for line in self._process.stdout:
                if (frames := int(json.loads(line)["video"])) >= least:
                    return frames
        raise AssertionError("the agent ended")


@asynccontextmanager
async def agent(url: str, token: str) -> AsyncIterator[Agent]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(Path(__file__).parent / "agent.py"),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "LIVEKIT_URL": url, "LIVEKIT_TOKEN": token},
    )  # fmt: skip
    try:
        yield Agent(process)
    finally:
        process.kill()
        await process.wait()


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a browser says of the way that its media takes."""

    remotes: set[tuple[str, int]]
    """Remote ends of selected pairs."""
    rtts_ms: Sequence[float]
    sent_kbps: float
    since_ns: int
    until_ns: int


def selected(counted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The pair in use of each transport, with its remote end."""
    return [
        {**one, "remote": (remote["address"], remote["port"])}
        for transport in counted
        for one in transport.values()
        if one["type"] == "candidate-pair" and one.get("nominated")
        for remote in [transport[one["remoteCandidateId"]]]
    ]


async def measure(page: Page, *, seconds: int) -> Measured:
    """Take the browser's own statistics each second."""
    since_ns = now_ns()
    counted = await call(page, "countedEachSecond", seconds)
    series = [selected(one) for one in counted]
    first, last = series[0][0], series[-1][0]
    span_s = (last["timestamp"] - first["timestamp"]) / 1000
    return Measured(
        remotes={pair["remote"] for pairs in series for pair in pairs},
        rtts_ms=[pairs[0]["currentRoundTripTime"] * 1000 for pairs in series],
        sent_kbps=(last["bytesSent"] - first["bytesSent"]) * 8 / 1000 / span_s,
        since_ns=since_ns,
        until_ns=now_ns(),
    )


async def relay_ports(folder: Path) -> set[tuple[str, int]]:
    running = find(folder)
    async with GatewayClient(running.control, running.token) as client:
        return {(port.host, port.port) for port in (await client.snapshot()).ports}


def passed_kbps(folder: Path, measured: Measured) -> NDArray[np.float64]:
    """What the relay passed on for alice in each whole second, of any kind."""
    ledger = Ledger(folder)
    kinds = [
        ledger.packets(participant="alice", direction="up", repair=None),
        ledger.control_packets("rtcp", participant="alice", direction="up"),
        ledger.control_packets("stun", participant="alice", direction="up"),
        ledger.control_packets("dtls", participant="alice", direction="up"),
    ]
    kbits = np.zeros((measured.until_ns - measured.since_ns) // NS_PER_S)
    for packets in kinds:
        second = (packets["departure_ns"] - measured.since_ns) // NS_PER_S
        passed = packets["fate"] == PacketFate.FORWARDED
        inside = passed & (second >= 0) & (second < len(kbits))
        np.add.at(kbits, second[inside], packets["size"][inside] * 8 / 1000)
    return kbits


async def call(page: Page, function: str, *arguments: object) -> Any:  # noqa: ANN401
    return await page.run(f"{function}({', '.join(map(json.dumps, arguments))})")


@asynccontextmanager
async def meeting(
    gateway: GatewayCommand, page: Page, token: Callable[[str], str]
) -> AsyncIterator[Agent]:
    """Alice in her browser publishes noise, the agent speaks, both hear of each other."""
    async with agent(gateway.url, token("agent")) as other:
        await call(page, "join", gateway.url, token("alice"))
        await call(page, "publishNoise", OFFERED_KBPS)
        await other.until_frames(1)
        yield other


def tell(measured: Measured, kbps: NDArray[np.float64]) -> None:
    log.info(
        "browser: sent %.0f kbit/s, round trip least %.0f, median %.0f, most %.0f ms; "
        "ledger: passed on %.0f kbit/s, least %.0f, most %.0f in a second",
        measured.sent_kbps, min(measured.rtts_ms), statistics.median(measured.rtts_ms),
        max(measured.rtts_ms), kbps.mean(), kbps.min(), kbps.max(),
    )  # fmt: skip


@pytest.mark.timeout(240)
@pytest.mark.asyncio
async def test_chromium_and_an_agent_live_behind_3g(
    server: Server, page: Page, token: Callable[[str], str], tmp_path: Path
) -> None:
    arguments = ("--upstream", server.url, "--profile", "3g", "--seed", "1")
    async with gateway_command(*arguments, folder=tmp_path / "record") as gateway:
        async with meeting(gateway, page, token) as other:
            await call(page, "passed", 10)
            measured = await measure(page, seconds=20)
            assert measured.remotes <= await relay_ports(gateway.folder)
            assert await call(page, "heard") == ["agent/voice"]
            await other.until_frames(100)
        assert await gateway.end() == 0, gateway.said
    kbps = passed_kbps(gateway.folder, measured)
    tell(measured, kbps)

    assert min(measured.rtts_ms) >= ROUND_TRIP_MS
    assert statistics.median(measured.rtts_ms) <= ROUND_TRIP_MS + 2 * QUEUE_MS
    assert kbps.max() <= RATE_KBPS + PACKET_KBIT
    assert kbps.mean() >= 0.4 * RATE_KBPS  # as much as congestion control dares with such a loss


@pytest.mark.timeout(240)
@pytest.mark.asyncio
async def test_chromium_that_insists_on_more_gets_750_kbps(
    server: Server, page: Page, token: Callable[[str], str], tmp_path: Path
) -> None:
    arguments = ("--upstream", server.url, "--participant", "alice=3g", "--seed", "1")
    async with gateway_command(*arguments, folder=tmp_path / "record") as gateway:
        await call(page, "insistOn", INSISTED_KBPS)
        await call(page, "join", gateway.url, token("alice"))
        await call(page, "publishNoise", OFFERED_KBPS)
        await call(page, "passed", 3)
        measured = await measure(page, seconds=10)
        assert await gateway.end() == 0, gateway.said
    kbps = passed_kbps(gateway.folder, measured)
    tell(measured, kbps)

    assert measured.sent_kbps > 2 * RATE_KBPS
    assert kbps.mean() == pytest.approx(RATE_KBPS, rel=0.02)
    assert kbps.max() <= RATE_KBPS + PACKET_KBIT
    assert max(measured.rtts_ms) >= ROUND_TRIP_MS + 0.8 * QUEUE_MS  # the queue is full
