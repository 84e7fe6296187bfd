"""Gateways that run: how `livekit-harness gateway set` finds the one that it is to change.

RECORD/control.json                    address and token of the control API, only its owner's
~/.local/state/livekit-harness/gateways/PID    names the record folder; holds no secret
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec
import platformdirs

from harness.evidence.json_value import read_json
from harness.evidence.run_folder import Owner
from harness.gateway.errors import GatewayError

FILE_NAME = "control.json"


class RunningGateway(msgspec.Struct, frozen=True, kw_only=True):
    """What one has to know of a gateway to change it."""

    owner: Owner
    url: str
    """What clients are given."""
    control: str
    token: str
    folder: str
    """Absolute path of its record."""
    toxiproxy: bool = False
    """Whether it can have profiles with toxics."""


_RUNNING = msgspec.json.Decoder(RunningGateway)


def announce(gateway: RunningGateway) -> None:
    """Leave word of a gateway that serves, in its record folder.

    Raises:
        OSError: the record folder cannot be written.
    """
    path = Path(gateway.folder) / FILE_NAME
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.encode(gateway))
    # Without a home `gateway set --record DIR` still works.
    with contextlib.suppress(OSError):
        _pointer(gateway.owner).parent.mkdir(parents=True, exist_ok=True)
        _pointer(gateway.owner).write_text(gateway.folder, encoding="utf-8")


def withdraw(gateway: RunningGateway) -> None:
    """Take back the word of a gateway that has ended."""
    for path in (Path(gateway.folder) / FILE_NAME, _pointer(gateway.owner)):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def find(folder: Path | None) -> RunningGateway:
    """The gateway that records in `folder`, or the only one that this user runs.

    Raises:
        GatewayError: there is none, or there are several and no folder was named.
    """
    if folder is not None:
        found = _read(folder)
        if found is None:
            raise GatewayError(f"no gateway records in {folder} now")
        return found
    running = _all_running()
    if not running:
        raise GatewayError(
            "no gateway of yours runs: start one with `livekit-harness gateway --upstream URL`"
        )
    if len(running) > 1:
        folders = ", ".join(one.folder for one in running)
        raise GatewayError(f"{len(running)} gateways run: name one with --record, of {folders}")
    return running[0]


def _all_running() -> list[RunningGateway]:
    found = []
    folder = _pointers()
    for pointer in sorted(folder.iterdir()) if folder.is_dir() else []:
        running = _read(Path(pointer.read_text(encoding="utf-8")))
        if running is None:
            pointer.unlink(missing_ok=True)  # it was killed
        else:
            found.append(running)
    return found


def _read(folder: Path) -> RunningGateway | None:
    try:
        found = read_json((folder / FILE_NAME).read_bytes(), _RUNNING)
    except (OSError, ValueError):
        return None
    return found if found.owner.alive() else None


def _pointers() -> Path:
    return platformdirs.user_state_path("livekit-harness", appauthor=False) / "gateways"


def _pointer(owner: Owner) -> Path:
    return _pointers() / str(owner.pid)
