"""Exact loss: the packets with these numbers, and no others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar

from msgspec import Meta

from harness.network.impairment import DELIVER_NOW, DROP, ImpairmentBase, Packet, Plan


class DropList(ImpairmentBase, frozen=True, kw_only=True, tag="drop_list"):
    """Drops the packets whose number n is in `indices` (see ImpairmentBase for what n counts)."""

    title: ClassVar[str] = "drops exactly the packets with these numbers, counted from 0"

    indices: tuple[Annotated[int, Meta(ge=0)], ...]

    def plan(self, uniform: Callable[[int], float]) -> Plan:
        """Not random: the same for every seed."""
        dropped = frozenset(self.indices)

        def fate(n: int, packet: Packet, now_ns: int) -> tuple[int, ...]:
            return DROP if n in dropped else DELIVER_NOW

        return fate
