"""What a scenario is to a run: its name, the clauses it judges, what it runs on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from harness.evidence.finding import CLEAN
from harness.network.profile import Profile, load_profile
from harness.sabotage.sabotage import Sabotage
from harness.server.model import ServerConfig

PROFILE = "profile"
"""Parameter of a scenario that is judged under several profiles: the one it runs under."""
STANDARD = ServerConfig()
"""What a server is started with when a scenario asks for nothing of its own."""

Body = Callable[..., Awaitable[None]]
"""A scenario's coroutine function; called with `stage` and `judge` and its own fixtures."""


@dataclass(frozen=True, kw_only=True)
class Demands:
    """What a scenario declares about itself."""

    clauses: tuple[str, ...]
    profile: str = CLEAN
    """Name of the network profile that is played from the start, or path of a file."""
    profiles: tuple[str, ...] = ()
    """Profiles that it is to be judged under, each for itself; `profile` is one of them then."""
    folder: Path | None = None
    """Of the scenario's file, where profiles of its own may lie."""
    server: ServerConfig = STANDARD
    toxiproxy: bool = False
    """Whether it sets toxics of TCP itself; those of its profile are known without it."""
    interceptors: tuple[str, ...] = ()
    """`module:callable` each, of `harness`: what makes a participant another kind of client."""
    limit_s: float = 60.0
    """Time that one attempt may take, joining and leaving included."""

    @cached_property
    def network(self) -> Profile:
        """The profile.

        Raises:
            ProfileError: there is none of that name, or its file is wrong.
        """
        return load_profile(self.profile, beside=self.folder)

    @property
    def server_config(self) -> ServerConfig:
        """What the server is started with: ICE-TCP also where the profile wants it."""
        return replace(self.server, ice_tcp=self.server.ice_tcp or self.network.ice_tcp)

    @property
    def needs_toxiproxy(self) -> bool:
        """Whether there must be a toxiproxy."""
        return self.toxiproxy or self.network.needs_toxiproxy


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One collected scenario: a pytest item, in words of ours."""

    nodeid: str
    demands: Demands
    body: Body
    sabotage: Sabotage | None = None
    """What is broken on purpose while it runs."""
    proof: bool = False
    """Whether it runs only to prove that the clauses that the sabotage names turn to FAIL."""
    canary: str | None = None
    """Of a proof that nobody is told of until the end of the run: the one clause that counts."""

    @property
    def must_fail(self) -> frozenset[str]:
        """The clauses that its sabotage must turn to FAIL."""
        if self.canary is not None:
            return frozenset({self.canary})
        return self.sabotage.kills if self.sabotage else frozenset()

    @property
    def must_starve(self) -> frozenset[str]:
        """The clauses that its sabotage must leave without a verdict."""
        if self.sabotage is None or self.canary is not None:
            return frozenset()
        return self.sabotage.starves

    def disturbs(self, disturbance: str) -> bool:
        """Whether a disturbance is what its sabotage is to bring about."""
        return self.sabotage is not None and self.sabotage.brings_about(disturbance)
