"""What impairments do to the packets of one participant and direction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
import pytest

from harness.evidence.ledger_records import Direction
from harness.network.engine import Engine
from harness.network.impairment import Course, Delivery, Packet
from harness.network.impairments import Impairment
from harness.network.lane import NOW, QUEUED, Fate, Lane, Released
from harness.network.randomness import uniform_numbers

MS = 1_000_000


def lane_with(*impairments: Impairment, seed: int = 1, direction: Direction = "up") -> Lane:
    """The lane of `alice` with these in force since time 0."""
    engine = Engine(seed=seed)
    engine.begin("alice", 0)
    engine.set_impairments(impairments, 0)
    return engine.lane("alice", direction)


def course(*, seed: int = 1, since_ns: int = 0) -> Course:
    """What a plan is made from."""
    uniform = uniform_numbers(seed=seed, participant="alice", direction="up", key="k")
    return Course(uniform=uniform, since_ns=since_ns, cause=16)


def refused(text: str, name: str) -> None:
    """Assert that an impairment in JSON is refused in words that name a field."""
    with pytest.raises(msgspec.ValidationError, match=name):
        msgspec.json.decode(text, type=Impairment)


@dataclass(frozen=True)
class Left:
    """What became of packet n."""

    n: int
    cause: int
    deliveries: tuple[Delivery, ...]

    @property
    def at_ns(self) -> int:
        """When its first copy left."""
        return self.deliveries[0].at_ns


def played(
    packets: Iterable[tuple[int, Packet]], *impairments: Impairment, seed: int = 1
) -> list[Left]:
    """The fates of packets of `alice` on the way up, in the order in which they were known.

    Args:
        packets: Time of arrival and packet, in order of time.
        impairments: In force since time 0.
        seed: Of the engine.
    """
    engine = Engine(seed=seed)
    engine.begin("alice", 0)
    engine.set_impairments(impairments, 0)
    lane = engine.lane("alice", "up")
    fates: list[Left] = []

    def note(n: int, fate: Fate, at_ns: int) -> None:
        deliveries = (Delivery(at_ns),) if fate is NOW else fate.deliveries
        fates.append(Left(n, fate.cause, deliveries))

    def due(now_ns: int) -> None:
        for outcome in engine.due(now_ns):
            if isinstance(outcome, Released):
                note(outcome.token, outcome.fate, outcome.at_ns)

    for n, (at_ns, packet) in enumerate(packets):
        due(at_ns)
        fate = lane.arrive(packet, n, at_ns)
        if fate is not QUEUED:
            note(n, fate, at_ns)
    while (next_ns := engine.next_ns) is not None:
        due(next_ns)
    return fates
