"""A sabotage: a deliberate defect, injected from outside, and the clauses that must notice it."""

from __future__ import annotations

from dataclasses import dataclass

from harness.network.impairments import Impairment


@dataclass(frozen=True, kw_only=True)
class Sabotage:
    """What is broken, how, and who must say so. Only FAIL counts as noticed."""

    name: str
    breaks: str
    """One sentence, for the list of sabotages."""
    kills: frozenset[str]
    """Clauses that must turn to FAIL. Others may starve into INCONCLUSIVE, never FAIL."""
    interceptors: tuple[str, ...] = ()
    """`module:callable` each: what the gateway calls with every signalling message."""
    impairments: tuple[Impairment, ...] = ()
    """What happens to packets, on top of the profile."""
