"""Containers know whose they are, so that the next run can remove what a killed one left."""

from __future__ import annotations

import contextlib
import os
import socket
import uuid
from collections.abc import Mapping
from pathlib import Path

from docker.client import DockerClient
from docker.errors import APIError

_RUN = "livekit-harness.run"
_PID = "livekit-harness.pid"
_START = "livekit-harness.start"
_HOST = "livekit-harness.host"
_BOOT = "livekit-harness.boot"
_PIDS = "livekit-harness.pids"
"""Namespace of process numbers: those of another one mean other processes."""


def labels_of_this_run() -> dict[str, str]:
    """Labels for everything that this process starts in containers."""
    return {
        _RUN: uuid.uuid4().hex,
        _PID: str(os.getpid()),
        _START: _start_of(os.getpid()),
        _HOST: socket.gethostname(),
        _BOOT: _boot(),
        _PIDS: _pid_namespace(),
    }


def sweep(client: DockerClient) -> list[str]:
    """Remove the containers of runs of this host that have ended.

    Returns:
        Names of what was removed.
    """
    removed = []
    found = client.containers.list(all=True, filters={"label": _RUN}, ignore_removed=True)
    for container in found:
        if is_leftover(container.labels):
            # 404 and 409: another run sweeps the same one.
            with contextlib.suppress(APIError):
                container.remove(force=True, v=True)
                removed.append(str(container.name))
    return removed


def is_leftover(labels: Mapping[str, str]) -> bool:
    """Whether the run that set these labels was on this host and has ended."""
    if labels.get(_HOST) != socket.gethostname():
        return False
    if labels.get(_BOOT) != _boot():
        return True
    if labels.get(_PIDS) != _pid_namespace():
        return False
    pid = labels.get(_PID, "")
    if not pid.isdigit() or not _runs(int(pid)):
        return True
    return labels.get(_START) != _start_of(int(pid))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _start_of(pid: int) -> str:
    """When a process was started, to tell it from a later one with its number; Linux only."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except OSError:
        return ""


def _pid_namespace() -> str:
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
