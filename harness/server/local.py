"""The backends that run programs of this machine: from PATH, or built by us."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from harness.processes.keeper_client import Keeper
from harness.server.model import Progress, ServerConfig, ServerError
from harness.server.programs import (
    ServerProcess,
    ToxiproxyProcess,
    start_server,
    start_toxiproxy,
)

_VERSION_LIMIT_S = 10.0

Program = Callable[[Progress], Path]
"""Finds a program, building it where that is how it is had."""


class LocalBackend:
    """Runs livekit-server and toxiproxy as processes."""

    def __init__(self, *, name: str, server: Program, toxiproxy: Program) -> None:
        self.name = name
        self._server = server
        self._toxiproxy = toxiproxy

    def prepare(self, progress: Progress) -> None:
        """Have livekit-server and see that it runs."""
        version_of(self._server(progress))

    def start(self, config: ServerConfig, keeper: Keeper, folder: Path) -> ServerProcess:
        """Start livekit-server on loopback."""
        program = self._server(_unheard)
        return start_server(program, config, keeper, folder, backend=self.name)

    def start_toxiproxy(self, keeper: Keeper, folder: Path) -> ToxiproxyProcess:
        """Start toxiproxy on loopback."""
        return start_toxiproxy(self._toxiproxy(_unheard), keeper, folder)


def version_of(program: Path) -> str:
    """What `livekit-server --version` says, without its name.

    Raises:
        ServerError: it cannot be run, or does not say.
    """
    try:
        done = subprocess.run(
            [str(program), "--version"],
            capture_output=True,
            timeout=_VERSION_LIMIT_S,
            check=False,
            text=True,
            errors="replace",
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServerError(f"{program} cannot be run as livekit-server: {error}") from error
    words = done.stdout.split()
    if words[:2] != ["livekit-server", "version"] or len(words) != 3:
        raise ServerError(
            f"{program} is not livekit-server: `--version` gave exit code {done.returncode} and "
            f"{done.stdout[:80]!r}"
        )
    return words[2]


def _unheard(_: str) -> None:
    """For work that `prepare` has done already."""
