"""A gateway as whoever starts one sees it: a program of its own, and its control API."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import msgspec

from harness.evidence.json_value import read_json
from harness.evidence.printable import printable_line
from harness.gateway.client import GatewayClient
from harness.gateway.config import GatewayConfig
from harness.gateway.errors import GatewayDied, GatewayError
from harness.gateway.program import NotStarted, Started
from harness.processes.child import Child
from harness.processes.keeper_client import Keeper
from harness.processes.lines import MAX_LINE, ChannelClosedError, LineChannel

START_LIMIT_S = 10.0
END_LIMIT_S = 5.0
_STARTED = msgspec.json.Decoder(Started)
_NOT_STARTED = msgspec.json.Decoder(NotStarted)


class GatewayProcess:
    """A running gateway. `url` is what participants are given in place of the server's."""

    def __init__(self, *, child: Child, channel: LineChannel, started: Started, token: str) -> None:
        self.url = started.url
        self.control = started.control
        self.client = GatewayClient(started.control, token)
        self._child = child
        self._channel = channel

    @classmethod
    async def start(cls, keeper: Keeper, config: GatewayConfig) -> GatewayProcess:
        """Fork a gateway and wait until it listens.

        Raises:
            GatewayError: it was asked for too much, or did not start; the text says why, or has
                the last lines of its log.
        """
        _check_length(config)
        log = Path(config.folder) / "gateway.log"
        child = await asyncio.to_thread(
            keeper.fork, "harness.gateway.program:main", name="gateway", log=log
        )
        assert child.socket is not None, "a forked program has a socket"
        channel = await LineChannel.open(child.socket)
        line = None
        try:
            channel.write(config)
            async with asyncio.timeout(START_LIMIT_S):
                line = await channel.read()
            started = read_json(line or b"", _STARTED)
        except (TimeoutError, ChannelClosedError, ValueError):
            child.kill()
            await channel.close()
            why = printable_line(_reason(line) or _last_words(child))
            raise GatewayError(f"the gateway did not start: {why}") from None
        return cls(child=child, channel=channel, started=started, token=config.token)

    async def until_ended(self, limit_s: float) -> None:
        """Wait for its end, not longer than this."""
        await asyncio.to_thread(self._child.wait, limit_s)

    def check_alive(self) -> None:
        """Raise GatewayDied when the gateway has ended."""
        if self._child.exited is not None:
            raise GatewayDied(
                f"the gateway ended: {self._child.exited}; "
                f"{printable_line(_last_words(self._child))}"
            )

    async def close(self) -> None:
        """End it, and wait until it has ended."""
        with contextlib.suppress(Exception):
            await self.client.close()
        await self._channel.close()
        if await asyncio.to_thread(self._child.wait, END_LIMIT_S) is None:
            self._child.kill()
            await asyncio.to_thread(self._child.wait, END_LIMIT_S)


def _check_length(config: GatewayConfig) -> None:
    """See that it fits the line on which it is told, before there is a process to be told."""
    length = len(msgspec.json.encode(config)) + 1
    if length > MAX_LINE:
        raise GatewayError(
            f"the gateway was asked for {length:,} bytes of profiles and impairments, and can take "
            f"{MAX_LINE:,}: use profiles of fewer phases, or for fewer participants"
        )


def _reason(line: bytes | None) -> str | None:
    try:
        return read_json(line or b"", _NOT_STARTED).error
    except ValueError:
        return None


def _last_words(child: Child) -> str:
    return " / ".join(child.last_lines(5)) or "its log is empty"
