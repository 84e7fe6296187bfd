"""The Docker engine of this machine: is it there, and what does it say when it fails."""

from __future__ import annotations

import contextlib
import gc
import shutil
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import requests
from docker.client import DockerClient
from docker.errors import APIError, DockerException
from testcontainers.core import docker_client
from testcontainers.core.config import testcontainers_config

PROBE_LIMIT_S = 5
"""A frozen daemon is noticed after this many seconds."""

# Its image may not be there to have, and it would not end what a killed run leaves any better
# than our own sweep.
testcontainers_config.ryuk_disabled = True

EngineProblem = (DockerException, requests.exceptions.RequestException)
"""What talking to an engine raises: a daemon that dies is not a DockerException."""


@dataclass(frozen=True, kw_only=True)
class Engine:
    """What a probe has found."""

    usable: bool
    reason: str
    """One line: its version, or why it cannot be used."""
    fix: str | None = None
    """The command that would help, where there is one."""
    host_network: bool = False
    """Whether containers can share our loopback interface."""


@contextlib.contextmanager
def connected(timeout_s: int) -> Iterator[DockerClient]:
    """A client whose connections are closed afterwards.

    Args:
        timeout_s: limit of each answer.

    Raises:
        DockerException: nothing answers.
    """
    problem = ""
    try:
        client = docker_client.DockerClient(timeout=timeout_s).client
    except EngineProblem as error:
        problem = str(error)
    if problem:
        _drop_leaked_connection()
        raise DockerException(problem)
    try:
        yield client
    finally:
        client.close()


def probe() -> Engine:
    """Ask the engine who it is; takes at most `PROBE_LIMIT_S` per answer."""
    try:
        with connected(PROBE_LIMIT_S) as client:
            if not client.api.base_url.startswith("http+docker://"):
                where = client.api.base_url
                return Engine(usable=False, reason=f"Docker at {where} is not on this machine")
            about = client.info()
    except EngineProblem as error:
        return _unusable(str(error))
    rootless = any("rootless" in option for option in about.get("SecurityOptions") or [])
    system = str(about.get("OperatingSystem", ""))
    return Engine(
        usable=True,
        reason=f"Docker {about.get('ServerVersion', 'of unknown version')} answers",
        host_network=sys.platform == "linux" and not rootless and "Docker Desktop" not in system,
    )


def one_line(error: Exception) -> str:
    """What an engine's error means, without the layers around it."""
    text = error.explanation if isinstance(error, APIError) else None
    return " ".join(str(text or error).split())[:300]


def _drop_leaked_connection() -> None:
    # A client whose constructor failed never closes its socket. Left to chance, Python's warning
    # about that would end up in some scenario, where warnings may be errors.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def _unusable(said: str) -> Engine:
    if "PermissionError" in said or "Permission denied" in said:
        return Engine(
            usable=False,
            reason="Docker is there but this user may not use it",
            fix="sudo usermod -aG docker $USER, then log in again",
        )
    if shutil.which("docker") is None and "FileNotFoundError" in said:
        fix = "curl -fsSL https://get.docker.com | sudo sh"
        return Engine(usable=False, reason="Docker is not installed", fix=fix)
    if "FileNotFoundError" in said or "refused" in said.lower():
        return Engine(
            usable=False, reason="no Docker daemon answers", fix="sudo systemctl start docker"
        )
    if "timed out" in said:
        return Engine(
            usable=False,
            reason=f"Docker did not answer within {PROBE_LIMIT_S} s",
            fix="sudo systemctl restart docker",
        )
    return Engine(usable=False, reason=f"Docker cannot be used: {' '.join(said.split())[:200]}")
