"""A NAT that forgets a participant's port."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from harness.evidence.clock import NS_PER_MS
from harness.network.impairment import MOST_MS, Event, Target


class Rebind(Event, frozen=True, kw_only=True, tag="rebind"):
    """The participant's packets reach the server from a new port, as after a NAT rebinding.

    `first_ms` after it is in force, and again each `every_ms`.
    """

    title: ClassVar[str] = "gives a participant's flows a new port towards the server, times in ms"

    first_ms: Annotated[float, Meta(ge=0, le=MOST_MS)]
    every_ms: Annotated[float, Meta(ge=100, le=MOST_MS)] | None = None

    def __post_init__(self) -> None:
        """Raises: ValueError when it is aimed at more than a participant."""
        if self.target != Target(participant=self.target.participant):
            raise ValueError("`target` of a rebind can be a participant, nothing else")

    def next_ns(self, after_ns: int, since_ns: int) -> int | None:
        """As `Event` says; not random."""
        first_ns = since_ns + round(self.first_ms * NS_PER_MS)
        if after_ns < first_ns:
            return first_ns
        if self.every_ms is None:
            return None
        period_ns = round(self.every_ms * NS_PER_MS)
        return first_ns + ((after_ns - first_ns) // period_ns + 1) * period_ns
