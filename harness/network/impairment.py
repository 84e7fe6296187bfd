"""What an impairment is: a description that can be sent, aimed at some packets, and its plan.

There are five kinds, by the place on the way at which they act:

    arrival ─▶ filters: is it dropped? ─▶ queues: when does it come out? ─▶ exits: copies, changed
               (cuts, exact drops, loss)  (rate, reordering)                bits, delay ─▶ departure

Events happen to a participant at a time (a new port); they touch no packet. Within a place the
impairments act in the order of `REGISTRY`, whatever order they are written in.

Nothing here reads a clock or draws from a generator that remembers: times are arguments, and the
n-th random number of an impairment is a function of n.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple, Protocol

import msgspec

from harness.evidence.ledger_records import Direction

AimedMedium = Literal["audio", "video", "rtcp"]
MOST_MS = 24 * 60 * 60 * 1000
"""A day: no time of a schedule is longer."""


class Packet(NamedTuple):
    """What an impairment may know of a packet."""

    size: int
    """Bytes of the datagram."""
    medium: AimedMedium | None = None
    """None for STUN, DTLS, and RTP whose payload type nobody has explained."""
    track: str | None = None
    """Sid of the track, None while unknown."""
    layer: str | None = None
    """RID of a simulcast layer on the way up (`q`, `h`, `f`); all layers share one SSRC down."""
    codec: str | None = None
    """Lower case: `opus`, `red`, `vp8` …; `rtx` for repairs."""
    sequence: int | None = None
    """RTP sequence number, None for what is no RTP."""
    name: str | None = None
    """Of the track: `publisher/name`, None while unknown."""


class Delivery(NamedTuple):
    """One copy of a packet that goes on its way."""

    at_ns: int
    mark: int = 0
    """What the ledger says of it: 0, or COPY and ALTERED of `ledger_records` with a cause."""
    flipped_bit: int | None = None
    """Bit of the datagram (0 is the highest bit of its first byte) that arrives inverted."""


def later(deliveries: tuple[Delivery, ...], delay_ns: int) -> tuple[Delivery, ...]:
    """The same deliveries, so much later."""
    if len(deliveries) == 1:  # nearly always, and nearly twice as fast
        at_ns, mark, flipped_bit = deliveries[0]
        return (Delivery(at_ns + delay_ns, mark, flipped_bit),)
    return tuple(one._replace(at_ns=one.at_ns + delay_ns) for one in deliveries)


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """What a plan is made from: one impairment on one participant and direction."""

    uniform: Callable[[int], float]
    """Random numbers of this impairment, participant and direction: n → [0, 1), n ≥ 0."""
    since_ns: int
    """Since when the impairment is in force: time 0 of its schedule."""
    cause: int
    """Its number in the ledger."""


class Target(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Which packets an impairment is aimed at; what is None is any.

    A packet of which something is not known (yet) is hit only by a target that does not ask for
    it. Repairs (RTX) are of the medium, track and layer that they repair.
    """

    participant: str | None = None
    """Identity."""
    direction: Direction | None = None
    """`up`: from the participant, `down`: to it."""
    medium: AimedMedium | None = None
    track: str | None = None
    """Sid; or the identity of the publisher and the track's name, `alice/sound1`."""
    layer: str | None = None
    """RID of a simulcast layer, on the way up."""
    codec: str | None = None

    def aims_at(self, participant: str, direction: Direction) -> bool:
        """Whether any packet of this participant and direction can be hit."""
        return self.participant in (None, participant) and self.direction in (None, direction)

    @property
    def hits_all(self) -> bool:
        """Whether every packet of the participants and directions that it aims at is meant."""
        return self.medium is self.track is self.layer is self.codec is None

    def hits(self, packet: Packet) -> bool:
        """Whether this packet is meant, given that participant and direction are."""
        return (
            self.medium in (None, packet.medium)
            and self.track in (None, packet.track, packet.name)
            and self.layer in (None, packet.layer)
            and self.codec in (None, packet.codec)
        )


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


FilterPlan = Callable[[int, Packet, int], bool]
"""(n, packet, now_ns) → whether it is dropped; asked once for every n, in order."""


class Filter(ImpairmentBase, frozen=True, kw_only=True):
    """Decides about a packet when it arrives."""

    def plan(self, course: Course) -> FilterPlan:
        """Fates for one participant and direction."""
        raise NotImplementedError


class Waiting(NamedTuple):
    """A packet in a queue, and who waits for it to come out."""

    n: int
    packet: Packet
    token: Any
    """The engine's own; queues pass it on and never look at it."""


class Queue(Protocol):
    """Packets on their way through one queue: bounded, and without a clock of its own."""

    def put(self, waiting: Waiting, now_ns: int) -> bool:
        """Take a packet in; False when there is no room: it is dropped, and not kept."""

    @property
    def next_ns(self) -> int | None:
        """When `take` will have something to give; None while nothing waits."""

    def take(self, now_ns: int) -> list[tuple[Waiting, int | None]]:
        """What comes out until `now_ns`: each packet with its time, None where it is dropped.

        In order of time; called when `next_ns` has come, which may be late: times are those at
        which packets came out, not those of the call.
        """

    def drain(self) -> list[Waiting]:
        """Give up everything that waits, in its order, because the queue ends."""

    @property
    def free_ns(self) -> int:
        """Until when it is busy with the last packet that it let out; 0 when it never is."""


class Queueing(ImpairmentBase, frozen=True, kw_only=True):
    """Keeps packets until something lets them go: time, or other packets."""

    def queue(self, course: Course, *, free_ns: int = 0) -> Queue:
        """An empty queue for one participant and direction.

        Args:
            course: What it is made from.
            free_ns: `free_ns` of the queue that it replaces, so that it lets nothing out sooner.
        """
        raise NotImplementedError


ExitPlan = Callable[[int, Packet, tuple[Delivery, ...]], tuple[Delivery, ...]]
"""(n, packet, deliveries until here) → deliveries; asked in the order in which packets come out."""


class Exit(ImpairmentBase, frozen=True, kw_only=True):
    """Changes how a packet is delivered: how often, when, and with which bits."""

    @property
    def keeps_order(self) -> bool:
        """Whether no packet may leave before one that its target hit earlier."""
        return True

    def plan(self, course: Course) -> ExitPlan:
        """Fates for one participant and direction."""
        raise NotImplementedError


class Event(ImpairmentBase, frozen=True, kw_only=True):
    """Happens to a participant at certain times and to no packet. Its target is a participant."""

    def next_ns(self, after_ns: int, since_ns: int) -> int | None:
        """The first time after `after_ns` at which it happens; None when it does no more.

        Args:
            after_ns: Monotonic ns, `since_ns - 1` at first.
            since_ns: Since when the impairment is in force.
        """
        raise NotImplementedError
