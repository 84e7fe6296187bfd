"""`livekit-harness gateway` as a user starts it: a process of its own, and its output."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

COMMAND = (sys.executable, "-c", "import sys; from harness.cli import main; sys.exit(main())")
LIMIT_S = 30.0
URL = re.compile(r"clients use (\S+)")


class GatewayCommand:
    """A gateway that serves. Output is read when asked for."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path, said: list[str]) -> None:
        self.pid = process.pid
        self.folder = folder
        self.said = said
        """Lines of standard output so far."""
        self._process = process

    @property
    def url(self) -> str:
        """What clients use."""
        found = URL.search("\n".join(self.said))
        assert found, self.said
        return found[1]

    async def until(self, pattern: str) -> str:
        """The first line from now on that a pattern is found in."""
        assert self._process.stdout is not None
        async with asyncio.timeout(LIMIT_S):
            async for line in self._process.stdout:
                self.said.append(line.decode().rstrip("\n"))
                if re.search(pattern, self.said[-1]):
                    return self.said[-1]
        raise AssertionError(f"it ended without {pattern!r}: {self.said}")

    async def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal and wait; the exit status."""
        self._process.send_signal(number)
        return await self.ended()

    async def ended(self) -> int:
        """Read the rest and wait; the exit status."""
        assert self._process.stdout is not None
        async with asyncio.timeout(LIMIT_S):
            rest = await self._process.stdout.read()
            self.said += rest.decode().splitlines()
            return await self._process.wait()


@asynccontextmanager
async def gateway_command(
    *arguments: str, folder: Path, env: Mapping[str, str] | None = None
) -> AsyncIterator[GatewayCommand]:
    """Start one that records in `folder`, and wait until it serves; it is killed at the end."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "gateway", *arguments, "--record", str(folder),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "XDG_STATE_HOME": str(folder.parent / "state"), **(env or {})},
    )  # fmt: skip
    running = GatewayCommand(process, folder, [])
    try:
        await running.until(URL.pattern)
        yield running
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def run_command(*arguments: str, folder: Path) -> tuple[int, str]:
    """Run `livekit-harness` to its end; its status and all that it printed."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND, *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "XDG_STATE_HOME": str(folder.parent / "state")},
    )  # fmt: skip
    async with asyncio.timeout(LIMIT_S):
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode()
