"""livekit-server and toxiproxy in containers, on the host's loopback or published on it."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from testcontainers.core.container import DockerContainer
from testcontainers.core.exceptions import ContainerStartException

from harness.evidence.clock import NS_PER_S, now_ns
from harness.processes.keeper_client import Keeper
from harness.server import images
from harness.server.config import LOOPBACK, Keys, Ports, render
from harness.server.docker_engine import EngineProblem, connected, one_line
from harness.server.embedded import Module
from harness.server.model import Progress, Server, ServerConfig, ServerError
from harness.server.ports import free_tcp_port
from harness.server.programs import (
    POLL_S,
    START_LIMIT_S,
    PortBusyError,
    answers,
    failure,
    retry_busy_ports,
    toxiproxy_started,
    version_of_log,
)
from harness.server.sweep import labels_of_this_run, sweep

_ANSWER_LIMIT_S = 30
_PULL_LIMIT_S = 120
_PROXY_PORTS = 16
"""Ports of a toxiproxy that is not on the host's network have to be published before it starts."""
_PORT_BUSY = ("address already in use", "port is already allocated")


@dataclass(kw_only=True)
class RunningContainer:
    """A container of ours and where its log goes."""

    container: DockerContainer
    log: Path
    stopped: bool = False
    """Then its client is closed; asking it would open a connection that nobody closes."""

    def alive(self) -> bool:
        """Whether it runs; False as well when the engine is gone."""
        if self.stopped:
            return False
        try:
            wrapped = self.container.get_wrapped_container()
            wrapped.reload()
        except EngineProblem:
            return False
        return wrapped.status == "running"

    def address(self) -> str:
        """Its own IP address; empty on the host's network."""
        return str(self.container.get_wrapped_container().attrs["NetworkSettings"]["IPAddress"])

    def lines(self) -> list[str]:
        """All that it printed so far; after `stop`, what the file has of it."""
        if not self.stopped:
            with contextlib.suppress(*EngineProblem, ContainerStartException):
                text = self.container.get_wrapped_container().logs()
                return text.decode(errors="replace").splitlines()
        return self.log.read_text().splitlines() if self.log.exists() else []

    def stop(self) -> None:
        """Save its log and remove it; nothing if that was done."""
        if self.stopped:
            return
        lines = self.lines()
        self.stopped = True
        with contextlib.suppress(*EngineProblem):
            self.container.stop()
        self.log.write_text("".join(f"{line}\n" for line in lines))


@dataclass(kw_only=True)
class ContainerServer:
    """A livekit-server in a container."""

    server: Server
    config: ServerConfig
    upstream: str
    running: RunningContainer
    wait_until_up: Callable[[], object]

    def alive(self) -> bool:
        """Whether the container runs."""
        return self.running.alive()

    def log_lines(self) -> list[str]:
        """All that it has printed."""
        return self.running.lines()

    def stop(self) -> None:
        """Save the log, remove the container."""
        self.running.stop()

    def pause(self) -> None:
        """Freeze its processes."""
        with _engine():
            self.running.container.get_wrapped_container().pause()

    def resume(self) -> None:
        """Thaw its processes."""
        with _engine():
            self.running.container.get_wrapped_container().unpause()

    def restart(self) -> None:
        """Kill its processes and start them again."""
        with _engine():
            self.running.container.get_wrapped_container().restart(timeout=0)
            self.wait_until_up()


@dataclass(kw_only=True)
class ContainerToxiproxy:
    """A toxiproxy in a container."""

    api_port: int
    listen_host: str
    listen_ports: tuple[int, ...]
    running: RunningContainer
    api_host: str = LOOPBACK

    def alive(self) -> bool:
        """Whether the container runs."""
        return self.running.alive()

    def stop(self) -> None:
        """Save the log, remove the container."""
        self.running.stop()


@dataclass(frozen=True, kw_only=True)
class _Wish:
    """What to run."""

    image: str
    environment: dict[str, str] = field(default_factory=dict, repr=False)
    command: Sequence[str] = ()
    published: Sequence[str] = ()
    """`7880/tcp`: published on loopback under the same number, without the host's network."""
    log: Path
    url: str
    """Answers with 200 when it is up."""
    started: Callable[[str], str | None]


class ContainerBackend:
    """Runs livekit-server and toxiproxy in containers of the local engine."""

    name = "container"

    def __init__(
        self,
        *,
        host_network: bool,
        program: Callable[[Module, Progress], Path],
        server: images.Recipe = images.SERVER,
    ) -> None:
        """Decide how containers are reached.

        Args:
            host_network: share the host's network; else publish on its loopback.
            program: gives a static program for an image that cannot be pulled.
            server: which livekit-server.
        """
        self._host_network = host_network
        self._program = program
        self._server = server
        self._labels = labels_of_this_run()

    def prepare(self, progress: Progress) -> None:
        """Remove what killed runs left; have the image of livekit-server."""
        with _engine(), connected(_ANSWER_LIMIT_S) as client:
            for name in sweep(client):
                progress(f"removed container {name}, left by a run that was killed")
        self._image(self._server, progress)

    def start(self, config: ServerConfig, keeper: Keeper, folder: Path) -> ContainerServer:
        """Start livekit-server; the keeper is not needed, the engine is the parent."""
        image = self._image(self._server, _unheard)
        return retry_busy_ports("livekit-server", lambda: self._start_server(config, image, folder))

    def start_toxiproxy(self, keeper: Keeper, folder: Path) -> ContainerToxiproxy:
        """Start toxiproxy; the keeper is not needed, the engine is the parent."""
        image = self._image(images.PROXY, _unheard)
        return retry_busy_ports("toxiproxy", lambda: self._start_toxiproxy(image, folder))

    def _image(self, recipe: images.Recipe, progress: Progress) -> str:
        def program(progress: Progress) -> Path:
            return self._program(recipe.module, progress)

        with _engine(), connected(_PULL_LIMIT_S) as client:
            return images.ensure(client, recipe, program, progress)

    def _start_server(self, config: ServerConfig, image: str, folder: Path) -> ContainerServer:
        keys, ports = Keys(), Ports.free(config)
        rendered = json.dumps(render(config, ports, own_network=not self._host_network), indent=2)
        (folder / "livekit-server.json").write_text(rendered)
        published = [f"{ports.http}/tcp", f"{ports.udp}/udp"]
        published += [f"{ports.tcp}/tcp"] if ports.tcp else []
        wish = _Wish(
            image=image,
            environment={**keys.environment(), "LIVEKIT_CONFIG": rendered},
            published=published,
            log=folder / "livekit-server.log",
            url=f"http://{LOOPBACK}:{ports.http}/",
            started=version_of_log,
        )
        running, version = self._run(wish)
        server = Server(
            url=f"ws://{LOOPBACK}:{ports.http}",
            api_key=keys.api_key,
            api_secret=keys.api_secret,
            version=version,
            backend=self.name,
            owned=True,
        )
        upstream = f"{running.address() or LOOPBACK}:{ports.http}"
        return ContainerServer(
            server=server,
            config=config,
            upstream=upstream,
            running=running,
            wait_until_up=lambda: self._wait_until_up(running, wish),
        )

    def _start_toxiproxy(self, image: str, folder: Path) -> ContainerToxiproxy:
        port = free_tcp_port(LOOPBACK)
        host = LOOPBACK if self._host_network else "0.0.0.0"  # noqa: S104 - inside the container
        proxies: set[int] = set()
        while not self._host_network and len(proxies) < _PROXY_PORTS:
            proxies.add(free_tcp_port(LOOPBACK))
        wish = _Wish(
            image=image,
            command=[f"-host={host}", f"-port={port}"],
            published=[f"{number}/tcp" for number in (port, *proxies)],
            log=folder / "toxiproxy.log",
            url=f"http://{LOOPBACK}:{port}/version",
            started=toxiproxy_started,
        )
        running, _ = self._run(wish)
        return ContainerToxiproxy(
            api_port=port, listen_host=host, listen_ports=tuple(sorted(proxies)), running=running
        )

    def _run(self, wish: _Wish) -> tuple[RunningContainer, str]:
        try:
            running = RunningContainer(container=self._container(wish), log=wish.log)
            with _stopped_on_error(running):
                running.container.start()
                return running, self._wait_until_up(running, wish)
        except EngineProblem as error:
            if any(words in one_line(error) for words in _PORT_BUSY):
                raise PortBusyError(one_line(error)) from error
            raise ServerError(f"cannot start {wish.image}: {one_line(error)}") from error

    def _container(self, wish: _Wish) -> DockerContainer:
        container = DockerContainer(
            wish.image, docker_client_kw={"timeout": _ANSWER_LIMIT_S}, env=wish.environment
        )
        container.with_command(list(wish.command))
        if self._host_network:
            return container.with_kwargs(labels=self._labels, network_mode="host")
        for port in wish.published:
            number = int(port.partition("/")[0])
            # On loopback, not on all addresses: else replies to UDP come from another address.
            container.ports[port] = (LOOPBACK, number)  # type: ignore[assignment]
        return container.with_kwargs(labels=self._labels, network_mode="bridge")

    def _wait_until_up(self, running: RunningContainer, wish: _Wish) -> str:
        deadline_ns = now_ns() + int(START_LIMIT_S * NS_PER_S)
        wrapped = running.container.get_wrapped_container()
        while now_ns() < deadline_ns:
            wrapped.reload()
            if wrapped.status == "exited":
                code = wrapped.attrs["State"]["ExitCode"]
                raise failure(wish.image, f"exit code {code}", running.lines())
            if not self._host_network and not wrapped.attrs["NetworkSettings"]["Ports"]:
                raise ServerError("this Docker has no bridge network, ports cannot be published")
            # Both, for a foreign server on the port would answer for ours that is about to end.
            said = wish.started("\n".join(running.lines()))
            if said is not None and answers(wish.url):
                return said
            time.sleep(POLL_S)
        raise ServerError(
            f"{wish.image} runs but {wish.url} does not answer within {START_LIMIT_S:.0f} s: is "
            "this process in a container itself? Then use --lk-backend=embedded"
        )


@contextlib.contextmanager
def _engine() -> Iterator[None]:
    """What the engine refuses, or finds taken, is a ServerError."""
    try:
        yield
    except (*EngineProblem, PortBusyError) as error:
        raise ServerError(f"Docker: {one_line(error)}") from error


@contextlib.contextmanager
def _stopped_on_error(running: RunningContainer) -> Iterator[None]:
    try:
        yield
    except BaseException:
        running.stop()
        raise


def _unheard(_: str) -> None:
    """For work that `prepare` has done already."""
