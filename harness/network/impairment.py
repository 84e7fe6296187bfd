"""What an impairment is: a description that can be sent, aimed at some packets, and its plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal, NamedTuple

import msgspec

from harness.evidence.ledger_records import Direction

AimedMedium = Literal["audio", "video", "rtcp"]


class Packet(NamedTuple):
    """What an impairment may know of a packet."""

    size: int
    """Bytes of the datagram."""
    medium: AimedMedium | None = None
    """None for STUN, DTLS, and RTP whose payload type nobody has explained."""
    track: str | None = None
    """Sid of the track, None while unknown."""


Plan = Callable[[int, Packet, int], tuple[int, ...]]
"""(n, packet, now_ns) → delays in ns after which the packet, and copies of it, are delivered."""

DELIVER_NOW: tuple[int, ...] = (0,)
DROP: tuple[int, ...] = ()


class Target(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Which packets an impairment is aimed at; what is None is any.

    A packet whose medium or track is not known (yet) is hit only by a target that does not ask for
    it. Repairs (RTX) are of the medium and track that they repair.
    """

    participant: str | None = None
    """Identity."""
    direction: Direction | None = None
    """`up`: from the participant, `down`: to it."""
    medium: AimedMedium | None = None
    track: str | None = None
    """Sid."""

    def aims_at(self, participant: str, direction: Direction) -> bool:
        """Whether any packet of this participant and direction can be hit."""
        return self.participant in (None, participant) and self.direction in (None, direction)

    def hits(self, packet: Packet) -> bool:
        """Whether this packet is meant, given that participant and direction are."""
        return self.medium in (None, packet.medium) and self.track in (None, packet.track)


class ImpairmentBase(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="impairment",
):
    """One thing that happens to packets.

    Its packet number n counts, from 0 and in order of arrival, the packets that its target hits,
    for each participant and direction on its own, from the moment the impairment is set. Packets
    that another impairment drops are counted too.
    """

    title: ClassVar[str]
    """What it does, for people, in one line with units."""

    target: Target = Target()

    def plan(self, uniform: Callable[[int], float]) -> Plan:
        """The fate of packet n for one participant and direction.

        Args:
            uniform: Random numbers of this impairment, participant and direction: n → [0, 1).
        """
        raise NotImplementedError
