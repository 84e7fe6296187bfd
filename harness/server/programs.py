"""livekit-server and toxiproxy as processes of ours: start, be sure it is up, stop."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from harness.evidence.clock import NS_PER_S, now_ns
from harness.processes.child import Child
from harness.processes.keeper_client import Keeper, KeeperError
from harness.server.config import LOOPBACK, Keys, Ports, render
from harness.server.http_get import UnreachableError, request
from harness.server.model import Server, ServerConfig, ServerError
from harness.server.ports import free_tcp_port

START_LIMIT_S = 15.0
POLL_S = 0.02
PROBE_LIMIT_S = 0.5
ATTEMPTS = 3
"""A free port may be taken before the server gets to it."""

_SERVER_STARTED = re.compile(r'starting LiveKit server.*"version": "([^"]+)"')
_PORT_BUSY = "address already in use"


Running = TypeVar("Running")


class PortBusyError(Exception):
    """Somebody else got one of the ports first; the message is the log line."""


@dataclass(kw_only=True)
class ServerProcess:
    """A livekit-server of ours."""

    server: Server
    config: ServerConfig
    upstream: str
    child: Child
    spawn: Callable[[], Child]
    """Starts the program, and waits until it is up."""

    def alive(self) -> bool:
        """Whether the process runs."""
        return self.child.exited is None

    def log_lines(self) -> list[str]:
        """All that it has printed since it was started, or started again."""
        try:
            return self.child.log.read_text(errors="replace").splitlines()
        except OSError:
            return []

    def stop(self) -> None:
        """End the process."""
        end(self.child)

    def pause(self) -> None:
        """SIGSTOP."""
        self.child.pause()

    def resume(self) -> None:
        """SIGCONT."""
        self.child.resume()

    def restart(self) -> None:
        """End the process and start another in its place."""
        end(self.child)
        try:
            self.child = self.spawn()
        except PortBusyError as error:
            raise ServerError(f"livekit-server did not start again: {error}") from error


@dataclass(kw_only=True)
class ToxiproxyProcess:
    """A toxiproxy of ours."""

    api_port: int
    child: Child
    api_host: str = LOOPBACK
    listen_host: str = LOOPBACK
    listen_ports: tuple[int, ...] = ()

    def alive(self) -> bool:
        """Whether the process runs."""
        return self.child.exited is None

    def stop(self) -> None:
        """End the process."""
        end(self.child)


def start_server(
    program: Path, config: ServerConfig, keeper: Keeper, folder: Path, *, backend: str
) -> ServerProcess:
    """Start livekit-server on free ports with a random key.

    Raises:
        ServerError: it ended, or did not answer in time.
    """
    keys = Keys()
    config_file, log = folder / "livekit-server.json", folder / "livekit-server.log"

    def attempt() -> ServerProcess:
        ports = Ports.free(config)
        config_file.write_text(json.dumps(render(config, ports, own_network=False), indent=2))

        def spawn() -> tuple[Child, str]:
            argv = [str(program), "--config", str(config_file)]
            # Nothing of ours: every LIVEKIT_ variable would change its configuration.
            env = keys.environment()
            child = _spawn(keeper, argv, name="livekit-server", log=log, env=env)
            url = f"http://{LOOPBACK}:{ports.http}/"
            return child, wait_until_up(child, url, version_of_log)

        child, version = spawn()
        server = Server(
            url=f"ws://{LOOPBACK}:{ports.http}",
            api_key=keys.api_key,
            api_secret=keys.api_secret,
            version=version,
            backend=backend,
            owned=True,
        )
        upstream = f"{LOOPBACK}:{ports.http}"
        return ServerProcess(
            server=server,
            config=config,
            upstream=upstream,
            child=child,
            spawn=lambda: spawn()[0],
        )

    return retry_busy_ports("livekit-server", attempt)


def start_toxiproxy(
    program: Path, keeper: Keeper, folder: Path, *, api_port: int | None = None
) -> ToxiproxyProcess:
    """Start toxiproxy with its API on a free port, or in place of one that had this port.

    Raises:
        ServerError: it ended, or did not answer in time.
    """

    def attempt() -> ToxiproxyProcess:
        port = api_port or free_tcp_port(LOOPBACK)
        argv = [str(program), f"-host={LOOPBACK}", f"-port={port}"]
        log = folder / "toxiproxy.log"
        child = _spawn(keeper, argv, name="toxiproxy-server", log=log, env={})
        wait_until_up(child, f"http://{LOOPBACK}:{port}/version", toxiproxy_started)
        return ToxiproxyProcess(api_port=port, child=child)

    return retry_busy_ports("toxiproxy-server", attempt)


def retry_busy_ports(name: str, attempt: Callable[[], Running]) -> Running:
    """Call `attempt` again, a stated number of times, if a port was taken meanwhile.

    Raises:
        ServerError: each time a port was taken, or what `attempt` raised.
    """
    problem = ""
    for _ in range(ATTEMPTS):
        try:
            return attempt()
        except PortBusyError as error:
            problem = str(error)
    raise ServerError(f"{name} found its ports taken {ATTEMPTS} times, last: {problem}")


def version_of_log(text: str) -> str | None:
    """The version in livekit-server's start line; None before that line is there."""
    found = _SERVER_STARTED.search(text)
    return found[1] if found else None


def toxiproxy_started(text: str) -> str | None:
    """Toxiproxy's start line; None before that line is there."""
    return "started" if "Starting Toxiproxy HTTP server" in text else None


def answers(url: str) -> bool:
    """Whether an HTTP GET gives 200."""
    try:
        return request(url, timeout_s=PROBE_LIMIT_S).status == 200
    except UnreachableError:
        return False


def failure(name: str, how: str, lines: Sequence[str]) -> PortBusyError | ServerError:
    """The error for a program that ended while starting (livekit-server then exits with 0)."""
    for line in lines:
        if _PORT_BUSY in line:
            return PortBusyError(line.strip())
    last = lines[-1].strip() if lines else "(it printed nothing)"
    return ServerError(f"{name} ended while starting ({how}): {last}")


def end(child: Child) -> None:
    """SIGKILL: on SIGTERM livekit-server waits for participants to leave, and there is no state."""
    child.kill()
    child.wait(2.0)


def wait_until_up(child: Child, url: str, started: Callable[[str], str | None]) -> str:
    """Wait for HTTP 200 and the start line in the log.

    Both, for a foreign server on the same port would answer for ours that is about to end.

    Args:
        child: the program.
        url: what has to answer with 200.
        started: finds the start line, and what it says, in the log.

    Returns:
        What `started` found.

    Raises:
        PortBusyError: it ended because a port is taken.
        ServerError: it ended for another reason, or did not answer in time.
    """
    deadline_ns = now_ns() + int(START_LIMIT_S * NS_PER_S)
    while now_ns() < deadline_ns:
        exited = child.wait(POLL_S)
        if exited is not None:
            raise failure(child.name, str(exited), child.last_lines())
        said = started("\n".join(child.last_lines(100)))
        if said is not None and answers(url):
            return said
    end(child)
    raise ServerError(
        f"{child.name} did not answer at {url} within {START_LIMIT_S:.0f} s, see {child.log}"
    )


def _spawn(
    keeper: Keeper, argv: Sequence[str], *, name: str, log: Path, env: dict[str, str]
) -> Child:
    log.unlink(missing_ok=True)  # of an attempt that found a port taken
    try:
        return keeper.spawn(argv, name=name, log=log, env=env)
    except KeeperError as error:
        raise ServerError(str(error)) from error
