"""Packets that arrive with a wrong bit."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from harness.evidence.ledger_records import ALTERED
from harness.network.impairment import Course, Delivery, Exit, ExitPlan, Packet

_HEAD_BITS = 20 * 8
"""As long as the header of STUN (RFC 8489); those of RTP without extensions (12 bytes) and RTCP
(8) are shorter. A packet with its head whole is still taken for what it is."""


class Corrupt(Exit, frozen=True, kw_only=True, tag="corrupt"):
    """Inverts one bit of a packet with probability `ratio`, after its first 20 bytes.

    In a shorter packet it is one of the bits of its last byte. A receiver refuses what it can
    tell: SRTP, SRTCP, DTLS and STUN with its integrity are authenticated, so to media it is a
    loss that the network delivered. Copies that `duplicate` made stay as they are.
    """

    title: ClassVar[str] = "inverts one bit of a packet with a probability, 0 to 1"

    ratio: Annotated[float, Meta(ge=0, le=1)]

    def plan(self, course: Course) -> ExitPlan:
        """Number 2n says whether packet n is altered, number 2n + 1 which bit."""
        uniform, ratio, mark = course.uniform, self.ratio, ALTERED | course.cause

        def leave(n: int, packet: Packet, deliveries: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
            original, *copies = deliveries
            if uniform(2 * n) >= ratio or original.mark or not packet.size:
                return deliveries
            bits = packet.size * 8
            first = _HEAD_BITS if bits > _HEAD_BITS else bits - 8
            bit = first + int(uniform(2 * n + 1) * (bits - first))
            return (Delivery(original.at_ns, mark, bit), *copies)

        return leave
