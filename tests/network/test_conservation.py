"""What holds for any mix of impairments on the packets of several participants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from harness.evidence.ledger_records import COPY, Cause, Direction
from harness.network.engine import Engine, InForce
from harness.network.impairment import Delivery, Packet
from harness.network.impairments import (
    REGISTRY,
    Corrupt,
    Delay,
    Duplicate,
    Impairment,
    Jitter,
)
from harness.network.lane import NOW, QUEUED, Fate, Released
from harness.network.queues.fifo import MOST_PACKETS
from tests.network.impairments.lanes import MS
from tests.network.impairments.strategies import (
    EVERY,
    PEOPLE,
    filters,
    impairments,
    keeping_order,
)

mixes = st.lists(impairments, max_size=5)
sizes = st.sampled_from([60, 900, 1200])
packets = st.builds(Packet, sizes, st.sampled_from(["audio", "video", None]))
sent = st.tuples(
    st.integers(0, 30 * MS), st.sampled_from(PEOPLE), st.sampled_from(["up", "down"]), packets
)
Sent = tuple[int, str, Direction, Packet]
steps = st.lists(st.one_of(sent, sent, sent, sent, mixes), max_size=60)
"""A packet after some ns, or other impairments from now on."""


class World:
    """An engine, what went in, and what came out."""

    def __init__(self, *some: Impairment, seed: int = 1) -> None:
        self.engine = Engine(seed=seed)
        self.causes: dict[int, Impairment] = {}
        self.now_ns = 0
        self.arrived: list[tuple[int, str, Direction, Packet]] = []
        self.fates: dict[int, tuple[int, Fate]] = {}
        """Number of a packet → when its fate was known, and the fate."""
        for participant in PEOPLE:
            self.engine.begin(participant, 0)
        self.engine.set_impairments(some, 0)

    def arrive(self, gap_ns: int, participant: str, direction: Direction, packet: Packet) -> None:
        self.now_ns += gap_ns
        self.due(self.now_ns)
        number = len(self.arrived)
        self.arrived.append((self.now_ns, participant, direction, packet))
        fate = self.engine.lane(participant, direction).arrive(packet, number, self.now_ns)
        if fate is not QUEUED:
            self._note(number, fate, self.now_ns)

    def due(self, now_ns: int) -> None:
        for outcome in self.engine.due(now_ns):
            match outcome:
                case Released():
                    self._note(outcome.token, outcome.fate, outcome.at_ns)
                case InForce():
                    self.causes |= dict(outcome.impairments)

    def finish(self) -> None:
        """All that waits comes out; events and flaps go on for ever and are left alone."""
        self.engine.set_impairments([], self.now_ns)
        while (next_ns := self.engine.next_ns) is not None:
            self.due(max(next_ns, self.now_ns))

    def _note(self, number: int, fate: Fate, at_ns: int) -> None:
        assert number not in self.fates, "a packet has one fate"
        self.fates[number] = at_ns, Fate(0, (Delivery(at_ns),)) if fate is NOW else fate


def played(steps: Sequence[Any], *some: Impairment) -> World:
    world = World(*some)
    for step in steps:
        if isinstance(step, list):
            world.due(world.now_ns)
            world.engine.set_impairments(step, world.now_ns)
        else:
            world.arrive(*step)
    return world


def test_every_impairment_takes_part() -> None:
    assert list(EVERY) == list(REGISTRY)


@settings(max_examples=100)
@given(mixes, steps)
def test_in_and_duplicated_is_delivered_and_dropped_and_queued(
    some: list[Impairment], steps: list[Any]
) -> None:
    world = played(steps, *some)
    waiting = world.arrived[:]
    world.due(world.now_ns)
    fates = [fate for _, fate in world.fates.values()]
    copies = sum(bool(one.mark & COPY) for fate in fates for one in fate.deliveries)
    delivered = sum(len(fate.deliveries) for fate in fates)
    dropped = sum(fate.cause != Cause.FORWARDED for fate in fates)
    queued = len(waiting) - len(world.fates)
    assert len(waiting) + copies == delivered + dropped + queued
    assert queued <= MOST_PACKETS
    assert {fate.cause for fate in fates} <= {Cause.FORWARDED, *world.causes}
    assert all((fate.cause == Cause.FORWARDED) == bool(fate.deliveries) for fate in fates)
    world.finish()
    assert sorted(world.fates) == list(range(len(waiting)))


@settings(max_examples=100)
@given(mixes, steps)
def test_nothing_leaves_before_it_came(some: list[Impairment], steps: list[Any]) -> None:
    world = played(steps, *some)
    world.finish()
    for number, (at_ns, fate) in world.fates.items():
        arrived_ns = world.arrived[number][0]
        assert at_ns >= arrived_ns
        assert all(one.at_ns >= at_ns for one in fate.deliveries)


@settings(max_examples=100)
@given(st.lists(keeping_order, max_size=5), st.lists(sent, max_size=60))
def test_packets_of_one_kind_keep_their_order(some: list[Impairment], sent: list[Sent]) -> None:
    world = played(sent, *some)
    while len(world.fates) < len(sent):
        assert world.engine.next_ns is not None
        world.due(world.engine.next_ns)
    left: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for number in sorted(world.fates):
        _, participant, direction, packet = world.arrived[number]
        kind = (participant, direction, packet.medium)
        left[kind] += [one.at_ns for one in world.fates[number][1].deliveries]
    assert all(times == sorted(times) for times in left.values())


@settings(max_examples=100)
@given(st.lists(keeping_order, max_size=4), st.lists(sent, max_size=60))
def test_a_delay_is_the_least_that_a_packet_takes(some: list[Impairment], sent: list[Sent]) -> None:
    world = played(sent, *some, Delay(delay_ms=40))
    world.finish()
    for number, (at_ns, fate) in world.fates.items():
        assert all(one.at_ns >= world.arrived[number][0] + 40 * MS for one in fate.deliveries)
        assert all(one.at_ns >= at_ns + 40 * MS for one in fate.deliveries)


@settings(max_examples=100)
@given(mixes, st.lists(sent, max_size=60), st.sampled_from(PEOPLE))
def test_others_move_nothing(some: list[Impairment], sent: list[Sent], me: str) -> None:
    together = played(sent, *some)
    alone, at_ns = World(*some), 0
    numbers = []
    for number, (gap_ns, participant, direction, packet) in enumerate(sent):
        at_ns += gap_ns
        if participant == me:
            numbers.append(number)
            alone.arrive(at_ns - alone.now_ns, participant, direction, packet)
    alone.due(at_ns)
    together.due(at_ns)
    for mine, number in enumerate(numbers):
        assert alone.fates.get(mine) == together.fates.get(number)


@settings(max_examples=100)
@given(filters, st.lists(impairments, max_size=4), st.lists(sent, max_size=60))
def test_a_filter_drops_the_same_packets_whatever_else_is_in_force(
    one: Impairment, others: list[Impairment], sent: list[Sent]
) -> None:
    assume(one not in others)
    alone, among = played(sent, one), played(sent, *others, one)
    among.finish()
    for number, (_, fate) in alone.fates.items():
        cause = among.fates[number][1].cause
        # What this one drops is dropped, by it or by one before it.
        assert cause if fate.cause else among.causes.get(cause) != one


@settings(max_examples=100)
@given(
    st.sampled_from([Duplicate(ratio=0.5), Corrupt(ratio=0.5), Jitter(jitter_ms=9, reorder=True)]),
    st.lists(filters, max_size=3),
    st.lists(sent, max_size=60),
)
def test_an_exit_does_the_same_to_what_is_left(
    one: Impairment, others: list[Impairment], sent: list[Sent]
) -> None:
    alone, among = played(sent, one), played(sent, *others, one)
    for number, (_, fate) in among.fates.items():
        known = [(d.at_ns, d.flipped_bit) for d in alone.fates[number][1].deliveries]
        if not fate.cause:
            assert [(d.at_ns, d.flipped_bit) for d in fate.deliveries] == known
