"""Programs that are there already: on PATH, or named by the user."""

from __future__ import annotations

import shutil
from pathlib import Path

from harness.server.model import ServerError

SERVER_NAME = "livekit-server"
TOXIPROXY_NAME = "toxiproxy-server"


def on_path(name: str) -> Path | None:
    """The program that a shell would run, or None."""
    found = shutil.which(name)
    return Path(found) if found else None


def named(program: Path) -> Path:
    """The program that the user named, as an absolute path.

    Raises:
        ServerError: there is no such program.
    """
    found = shutil.which(program)
    if found is None:
        raise ServerError(f"--lk-server-binary {program}: no such program, or not executable")
    return Path(found).resolve()
