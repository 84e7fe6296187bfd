"""Exact loss: these packets, and no others."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from harness.network.impairment import Course, Filter, FilterPlan, Packet

_Sequence = Annotated[int, Meta(ge=0, lt=1 << 16)]


class DropList(Filter, frozen=True, kw_only=True, tag="drop_list"):
    """Drops the packets whose number n is in `indices` or whose RTP sequence is in `sequences`.

    What n counts is said by ImpairmentBase. A sequence number is dropped each time it comes, so
    aim at a track or layer: every SSRC has its own.
    """

    title: ClassVar[str] = "drops exactly the packets with these numbers, counted from 0"

    indices: tuple[Annotated[int, Meta(ge=0)], ...] = ()
    sequences: tuple[_Sequence, ...] = ()

    def plan(self, course: Course) -> FilterPlan:
        """Not random: the same for every seed."""
        indices, sequences = frozenset(self.indices), frozenset(self.sequences)

        def dropped(n: int, packet: Packet, now_ns: int) -> bool:
            return n in indices or packet.sequence in sequences

        return dropped
