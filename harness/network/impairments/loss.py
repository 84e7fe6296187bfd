"""Independent random loss (Bernoulli)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar

from msgspec import Meta

from harness.network.impairment import DELIVER_NOW, DROP, ImpairmentBase, Packet, Plan


class Loss(ImpairmentBase, frozen=True, kw_only=True, tag="loss"):
    """Drops each packet with probability `ratio`, independently of all others."""

    title: ClassVar[str] = "drops each packet with a probability, 0 to 1"

    ratio: Annotated[float, Meta(ge=0, le=1)]

    def plan(self, uniform: Callable[[int], float]) -> Plan:
        """Packet n is dropped where its random number is below the ratio."""
        ratio = self.ratio

        def fate(n: int, packet: Packet, now_ns: int) -> tuple[int, ...]:
            return DROP if uniform(n) < ratio else DELIVER_NOW

        return fate
