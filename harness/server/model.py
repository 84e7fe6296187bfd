"""What the rest of the harness knows of a server: an address with a version, and how to stop it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from harness.processes.keeper_client import Keeper

Progress = Callable[[str], None]
"""Takes one line about work that takes long."""

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class ServerError(Exception):
    """A server could not be had, started or used. The message is one line: what, and what to do."""


class NotConfigurableError(Exception):
    """A server configuration of its own was asked of a deployment that is not ours."""


@dataclass(frozen=True, kw_only=True)
class ServerConfig:
    """What a scenario may want of the server beyond the defaults."""

    ice_tcp: bool = False
    """Offer ICE-TCP too. LiveKit binds it to all addresses, so only where a scenario asks."""
    options: Mapping[str, Json] = field(default_factory=dict)
    """Merged into livekit-server's configuration, `{"room": {"enabled_codecs": [...]}}`."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """An address with a version."""

    url: str
    """`ws://127.0.0.1:PORT`; the HTTP API is at the same place."""
    api_key: str
    api_secret: str = field(repr=False)
    version: str
    """As the server said it; `unknown` where only a join can tell (an external deployment)."""
    backend: str
    """`external`, `container`, `binary` or `embedded`."""
    owned: bool
    """Whether we started it: only then it can be configured and restarted."""


class RunningServer(Protocol):
    """A livekit-server that answers."""

    @property
    def server(self) -> Server:
        """Where it is."""

    @property
    def config(self) -> ServerConfig:
        """What it was started with."""

    @property
    def upstream(self) -> str:
        """`host:port` of its HTTP port as a toxiproxy of the same backend reaches it."""

    def alive(self) -> bool:
        """Whether it still runs; for an external one, whether it still answers."""

    def log_lines(self) -> list[str]:
        """All that it has printed; empty for an external one."""

    def stop(self) -> None:
        """End it; nothing if it has ended."""

    def pause(self) -> None:
        """Let it stand still: its connections stay, nothing is answered.

        Raises:
            NotConfigurableError: it is not ours. So do the next two.
        """

    def resume(self) -> None:
        """Let it go on."""

    def restart(self) -> None:
        """End it and start it again: same address, keys and configuration, no rooms.

        Raises:
            ServerError: it did not start.
        """


class RunningToxiproxy(Protocol):
    """A toxiproxy that answers."""

    @property
    def api_host(self) -> str:
        """Where its HTTP API listens."""

    @property
    def api_port(self) -> int:
        """Port of the HTTP API."""

    @property
    def listen_host(self) -> str:
        """What a proxy has to listen on; it is reached on 127.0.0.1 all the same."""

    @property
    def listen_ports(self) -> tuple[int, ...]:
        """Ports that proxies may listen on; empty: any, also 0 for a free one."""

    def alive(self) -> bool:
        """Whether it still runs."""

    def stop(self) -> None:
        """End it; nothing if it has ended."""


def require_any_port(toxiproxy: RunningToxiproxy) -> None:
    """Whether a gateway can use it, which asks for proxies on ports that it chooses.

    Raises:
        NotConfigurableError: it listens only on ports that were published beforehand.
    """
    if toxiproxy.listen_ports:
        raise NotConfigurableError(
            "faults of TCP need a toxiproxy that can listen on any port: "
            "containers with a network of their own cannot"
        )


class ServerBackend(Protocol):
    """One way to get servers."""

    @property
    def name(self) -> str:
        """`external`, `container`, `binary` or `embedded`."""

    def prepare(self, progress: Progress) -> None:
        """Get everything that `start` needs and that may take long: images, builds, checks.

        Raises:
            ServerError: it cannot be had.
        """

    def start(self, config: ServerConfig, keeper: Keeper, folder: Path) -> RunningServer:
        """Start a server, its configuration (without keys) and its log in `folder`.

        Raises:
            ServerError: it did not start.
            NotConfigurableError: `config` differs from the default and the server is not ours.
        """

    def start_toxiproxy(self, keeper: Keeper, folder: Path) -> RunningToxiproxy:
        """Start a toxiproxy that can reach the servers of this backend, its log in `folder`.

        Raises:
            ServerError: it did not start.
        """
