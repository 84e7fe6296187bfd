"""Which backend a run takes, and why in words."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from harness.server import binary, embedded, images
from harness.server.container import ContainerBackend
from harness.server.docker_engine import Engine, probe
from harness.server.embedded import LIVEKIT, TOXIPROXY, Module
from harness.server.external import ExternalBackend
from harness.server.local import LocalBackend, version_of
from harness.server.model import Progress, ServerBackend, ServerError
from harness.server.names import BACKENDS
from harness.server.static import is_static

_VERSION = re.compile(r"v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the user asked for."""

    backend: str = "auto"
    """One of `BACKENDS`."""
    url: str | None = None
    """External deployment. `LIVEKIT_URL` alone never means one."""
    server_binary: Path | None = None
    server_version: str | None = None
    """Of livekit-server, `1.13.5` or `v1.13.5`; None: the one that this harness is tested with."""
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    cache: Path = field(default_factory=embedded.default_cache)
    """Where built programs are kept."""
    engine: Callable[[], Engine] = probe

    @property
    def livekit(self) -> Module:
        """The livekit-server to pull or build."""
        if self.server_version is None:
            return LIVEKIT
        return replace(LIVEKIT, version=f"v{self.server_version.removeprefix('v')}")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A backend that is ready to start servers."""

    backend: ServerBackend
    reason: str
    """One sentence: why this one, and why not those before it in the order."""


def choose(wanted: Wanted, progress: Progress) -> Choice:
    """Take the first backend that works, or the one asked for, and get it ready.

    The order: an external URL, a program named by the user, containers, programs on PATH, programs
    built from source.

    Args:
        wanted: what the user asked for.
        progress: told of what takes long (pulling, building).

    Raises:
        ServerError: the one asked for does not work, or none does; says what to do.
    """
    _refuse_contradictions(wanted)
    name = _asked_for(wanted)
    if name != "auto":
        backend = _make(name, wanted)
        backend.prepare(progress)
        return Choice(backend=backend, reason=f"{name}, as asked for")
    passed: list[str] = []
    for candidate in ("container", "binary", "embedded"):
        try:
            backend = _make(candidate, wanted)
            backend.prepare(progress)
        except ServerError as error:
            passed.append(f"{candidate}: {error}")
            continue
        return Choice(backend=backend, reason=_reason(candidate, passed))
    raise ServerError("no livekit-server can be had: " + "; ".join(passed))


def _reason(name: str, passed: list[str]) -> str:
    return f"{name}, the first that works" + "".join(f"; not {why}" for why in passed)


def _asked_for(wanted: Wanted) -> str:
    if wanted.backend != "auto":
        return wanted.backend
    if wanted.url is not None:
        return "external"
    return "binary" if wanted.server_binary is not None else "auto"


def _refuse_contradictions(wanted: Wanted) -> None:
    if wanted.backend not in BACKENDS:
        raise ServerError(
            f"--lk-backend {wanted.backend}: unknown, there are {', '.join(BACKENDS)}"
        )
    _refuse_version(wanted)
    if wanted.url is not None and wanted.backend not in ("auto", "external"):
        raise ServerError(f"--lk-url and --lk-backend {wanted.backend} contradict each other")
    if wanted.url is not None and wanted.server_binary is not None:
        raise ServerError("--lk-url and --lk-server-binary contradict each other: give one of them")
    if wanted.url is None and wanted.backend == "external":
        raise ServerError("--lk-backend external needs --lk-url")
    if wanted.server_binary is not None and wanted.backend not in ("auto", "binary"):
        raise ServerError(
            f"--lk-server-binary and --lk-backend {wanted.backend} contradict each other"
        )


def _refuse_version(wanted: Wanted) -> None:
    if wanted.server_version is None:
        return
    if wanted.url is not None or wanted.server_binary is not None:
        raise ServerError(
            "--lk-server-version is for servers that are pulled or built: leave it out, or "
            "--lk-url and --lk-server-binary"
        )
    if not _VERSION.fullmatch(wanted.server_version):
        raise ServerError(
            f"--lk-server-version {wanted.server_version}: not a version such as "
            f"{LIVEKIT.version.removeprefix('v')}"
        )


def _make(name: str, wanted: Wanted) -> ServerBackend:
    match name:
        case "external":
            assert wanted.url is not None
            found = partial(toxiproxy_program, wanted, lambda _: None)
            return ExternalBackend(wanted.url, wanted.environ, found)
        case "container":
            return _container(wanted)
        case "binary":
            return _binary(wanted)
        case _:
            return _embedded(wanted)


def _container(wanted: Wanted) -> ContainerBackend:
    engine = wanted.engine()
    if not engine.usable:
        raise ServerError(engine.reason + (f" (try: {engine.fix})" if engine.fix else ""))
    return ContainerBackend(
        host_network=engine.host_network,
        program=lambda module, progress: _static_program(module, wanted.cache, progress),
        server=images.server_recipe(wanted.livekit),
    )


def _binary(wanted: Wanted) -> LocalBackend:
    if wanted.server_binary is not None:
        server = binary.named(wanted.server_binary)
    else:
        found = binary.on_path(binary.SERVER_NAME)
        if found is None:
            raise ServerError(f"no {binary.SERVER_NAME} on PATH")
        if wanted.server_version is not None and not _fits(found, wanted.livekit):
            raise ServerError(
                f"{found} is version {version_of(found)}, not {wanted.server_version}"
            )
        server = found
    return LocalBackend(
        name="binary",
        server=lambda _: server,
        toxiproxy=lambda progress: toxiproxy_program(wanted, progress),
    )


def _embedded(wanted: Wanted) -> LocalBackend:
    return LocalBackend(
        name="embedded",
        server=lambda progress: embedded.ensure(wanted.livekit, wanted.cache, progress),
        toxiproxy=lambda progress: embedded.ensure(TOXIPROXY, wanted.cache, progress),
    )


def toxiproxy_program(wanted: Wanted, progress: Progress) -> Path:
    """A toxiproxy-server of this machine: from PATH, or built once and kept.

    Raises:
        ServerError: it cannot be had; says what to do.
    """
    found = binary.on_path(binary.TOXIPROXY_NAME)
    return found or embedded.ensure(TOXIPROXY, wanted.cache, progress)


def _static_program(module: Module, cache: Path, progress: Progress) -> Path:
    """For an image: built before, or on PATH in the same version, or built now."""
    found = embedded.built(module, cache)
    if found is not None:
        return found
    on_path = binary.on_path(module.name)
    if on_path is not None and is_static(on_path) and _fits(on_path, module):
        return on_path
    return embedded.ensure(module, cache, progress)


def _fits(program: Path, module: Module) -> bool:
    # Toxiproxy does not know its version unless it comes from a release.
    return module is TOXIPROXY or version_of(program) == module.version.removeprefix("v")
