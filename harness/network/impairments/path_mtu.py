"""A path that passes no large packets."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from harness.network.impairment import Course, Filter, FilterPlan, Packet

HEADERS_BYTES = 28
"""IPv4 header without options (20) and UDP header (8)."""


class PathMtu(Filter, frozen=True, kw_only=True, tag="path_mtu"):
    """Drops datagrams whose IPv4 packet is larger than `mtu_bytes`.

    Nothing tells the sender so (RFC 2923 calls it a black hole): no ICMP comes back.
    """

    title: ClassVar[str] = "drops what is larger, as an IP packet, than a path MTU, B"

    mtu_bytes: Annotated[int, Meta(ge=68, le=65_535)]
    """68 is the least that IPv4 must carry whole (RFC 791)."""

    def plan(self, course: Course) -> FilterPlan:
        """Not random."""
        most_bytes = self.mtu_bytes - HEADERS_BYTES

        def dropped(n: int, packet: Packet, now_ns: int) -> bool:
            return packet.size > most_bytes

        return dropped
