"""A sabotage: a deliberate defect, injected from outside, and the clauses that must notice it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from harness.network.impairments import Impairment
from harness.server.model import Json

Strike = Literal["kill", "stop", "restart"]


@dataclass(frozen=True, kw_only=True)
class ServerFault:
    """What happens to livekit-server in the middle of an attempt."""

    how: Strike
    """`kill`: it ends. `stop`: it stands still (SIGSTOP), for `for_ms`. `restart`: it ends and is
    started again at the same address, with the same configuration and without its rooms."""
    at: str = "add_track"
    """Kind of the signalling message of a client whose first is the moment: `add_track` (media
    begins a tenth of a second later), `mute`, `subscription` …; see `Signal.kind`."""
    after_ms: float = 0.0
    """From that moment on."""
    for_ms: float | None = None
    """How long a stopped server stands still; None: until the attempt ends."""


@dataclass(frozen=True, kw_only=True)
class Sabotage:
    """What is broken, how, and who must say so, by a FAIL or by giving no verdict."""

    name: str
    breaks: str
    """One sentence, for the list of sabotages."""
    kills: frozenset[str] = frozenset()
    """Clauses that must turn to FAIL. Others may starve into INCONCLUSIVE, never FAIL."""
    starves: frozenset[str] = frozenset()
    """Clauses that must be left without a verdict, INCONCLUSIVE or ERROR, because what they ask
    about is gone: a PASS of one would say something that nobody saw."""
    disturbs: str = ""
    """Words of the disturbance that starves them; by another a disturbed attempt proves nothing."""
    interceptors: tuple[str, ...] = ()
    """`module:callable` each: what the gateway calls with every signalling message."""
    impairments: tuple[Impairment, ...] = ()
    """What happens to packets, on top of the profile."""
    tampers: tuple[str, ...] = ()
    """`module:callable` each: called once in each participant's process, when it begins; see
    `harness.participant.tampering`."""
    server: Mapping[str, Json] = field(default_factory=dict)
    """Merged into livekit-server's configuration, over what the scenario asks for."""
    server_fault: ServerFault | None = None
    ignores_grants: bool = False
    """Every token allows everything, and so does the moderator, whatever a scenario asks for."""
    ledger_lies: bool = False
    """The ledger says of every second dropped packet of a stream that it was forwarded."""
    clean_only: bool = False
    """Played on a clean network alone: under other profiles what it breaks is allowed, and what
    more it breaks is chance."""
    harmless: str = ""
    """Why by protocol nobody can notice it; it names no clause then, and is proven by that none
    turns to FAIL."""

    @property
    def named(self) -> frozenset[str]:
        """Clauses by which it is proven."""
        return self.kills | self.starves

    def brings_about(self, disturbance: str) -> bool:
        """Whether it is to blame that an attempt was disturbed."""
        return bool(self.disturbs) and self.disturbs in disturbance
