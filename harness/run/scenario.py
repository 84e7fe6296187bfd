"""What a scenario is to a run: its name, the clauses it judges, what it runs on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from harness.server.model import ServerConfig

STANDARD = ServerConfig()
"""What a server is started with when a scenario asks for nothing of its own."""

Body = Callable[..., Awaitable[None]]
"""A scenario's coroutine function; called with `stage` and `judge` and its own fixtures."""


@dataclass(frozen=True, kw_only=True)
class Demands:
    """What a scenario declares about itself."""

    clauses: tuple[str, ...]
    profile: str = "clean"
    server: ServerConfig = STANDARD
    toxiproxy: bool = False
    """Whether it makes faults of TCP; ICE-TCP always takes the way through toxiproxy."""
    limit_s: float = 60.0
    """Time that one attempt may take, joining and leaving included."""

    @property
    def needs_toxiproxy(self) -> bool:
        """Whether there must be a toxiproxy."""
        return self.toxiproxy or self.server.ice_tcp


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One collected scenario: a pytest item, in words of ours."""

    nodeid: str
    demands: Demands
    body: Body
