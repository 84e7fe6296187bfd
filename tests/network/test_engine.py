from __future__ import annotations

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from harness.evidence.ledger_records import Cause, Direction
from harness.network import engine as engine_module
from harness.network.engine import FORWARD, Engine
from harness.network.impairment import Packet, Target
from harness.network.impairments import REGISTRY, DropList, Impairment, Loss

PEOPLE = ("alice", "bob", "carol")
places = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(["up", "down"]))
targets = st.builds(
    Target,
    participant=st.none() | st.sampled_from(PEOPLE),
    direction=st.none() | st.sampled_from(["up", "down"]),
    medium=st.none() | st.sampled_from(["audio", "video"]),
)
impairments: st.SearchStrategy[Impairment] = st.builds(
    Loss, ratio=st.sampled_from([0.1, 0.5]), target=targets
) | st.builds(DropList, indices=st.tuples(st.integers(0, 30)), target=targets)
packets = st.lists(st.sampled_from([Packet(1, "audio"), Packet(1, "video")]), max_size=60)


def causes(engine: Engine, participant: str, direction: Direction, some: list[Packet]) -> list[int]:
    lane = engine.lane(participant, direction)
    if lane is None:
        return [0] * len(some)
    return [lane.decide(packet, number).cause for number, packet in enumerate(some)]


@settings(max_examples=100)
@given(st.lists(impairments, max_size=4), packets)
def test_every_packet_is_forwarded_or_dropped_by_one_that_is_in_force(
    some: list[Impairment], sent: list[Packet]
) -> None:
    engine = Engine(seed=1)
    numbers = engine.set_impairments(some)
    assert len(set(numbers)) == len(some)
    assert all(number >= Cause.FIRST_IMPAIRMENT for number in numbers)
    assert set(causes(engine, "alice", "up", sent)) <= {Cause.FORWARDED, *numbers}


@settings(max_examples=100)
@given(st.lists(impairments, min_size=1, max_size=4), packets, packets, places)
def test_packets_of_others_move_no_fate(
    some: list[Impairment],
    mine: list[Packet],
    theirs: list[Packet],
    place: tuple[str, Direction],
) -> None:
    alone, together = Engine(seed=1), Engine(seed=1)
    alone.set_impairments(some)
    together.set_impairments(some)
    if place != ("alice", "up"):
        causes(together, *place, theirs)
    assert causes(alone, "alice", "up", mine) == causes(together, "alice", "up", mine)


@settings(max_examples=200)
@given(impairments, st.lists(impairments, max_size=3), st.integers(0, 3), packets)
def test_other_impairments_move_no_fate(
    one: Impairment, others: list[Impairment], place: int, sent: list[Packet]
) -> None:
    assume(one not in others)
    alone, among = Engine(seed=1), Engine(seed=1)
    alone.set_impairments([one])
    numbers = among.set_impairments([*others[:place], one, *others[place:]])
    place = min(place, len(others))
    spared = {0, *numbers[place + 1 :]}
    for truth, cause in zip(
        causes(alone, "alice", "up", sent), causes(among, "alice", "up", sent), strict=True
    ):
        if truth:
            assert cause not in spared  # dropped by this one, or before it had its turn
        else:
            assert cause != numbers[place]


def test_equal_impairments_are_independent_of_each_other() -> None:
    engine = Engine(seed=1)
    first, second = engine.set_impairments([Loss(ratio=0.5)] * 2)
    drawn = causes(engine, "alice", "up", [Packet(1)] * 400)
    assert drawn.count(first) + drawn.count(second) > 250
    assert drawn.count(second) > 50


def test_what_nothing_aims_at_need_not_ask() -> None:
    engine = Engine(seed=1)
    assert engine.lane("alice", "up") is None
    engine.set_impairments([Loss(ratio=1, target=Target(participant="bob", direction="down"))])
    assert engine.lane("alice", "up") is None
    assert engine.lane("bob", "up") is None
    assert engine.lane("bob", "down") is not None


def test_one_that_stays_goes_on_counting_and_one_that_returns_begins_again() -> None:
    engine = Engine(seed=1)
    stays, leaves = DropList(indices=(3,)), DropList(indices=(1,))
    numbers = engine.set_impairments([stays, leaves])
    assert causes(engine, "alice", "up", [Packet(1)] * 2) == [0, numbers[1]]
    assert engine.set_impairments([stays]) == numbers[:1]
    assert causes(engine, "alice", "up", [Packet(1)]) == [0]
    assert engine.set_impairments([leaves, stays]) == numbers[::-1]
    assert causes(engine, "alice", "up", [Packet(1)] * 2) == numbers


def test_causes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "_MOST_CAUSES", Cause.FIRST_IMPAIRMENT + 1)
    engine = Engine(seed=1)
    engine.set_impairments([Loss(ratio=0.1)])
    with pytest.raises(ValueError, match="too many different impairments"):
        engine.set_impairments([Loss(ratio=0.2)])
    assert engine.set_impairments([Loss(ratio=0.1)]) == [Cause.FIRST_IMPAIRMENT]


def test_a_packet_that_nothing_hits_is_forwarded_at_once() -> None:
    engine = Engine(seed=1)
    engine.set_impairments([Loss(ratio=1, target=Target(medium="video"))])
    lane = engine.lane("alice", "up")
    assert lane is not None
    assert lane.decide(Packet(1, "audio"), 0) is FORWARD


@pytest.mark.parametrize(("name", "kind"), REGISTRY.items())
def test_registered_names_are_those_of_the_wire(name: str, kind: type[Impairment]) -> None:
    assert kind.__struct_config__.tag == name
    assert kind.title


@given(st.lists(impairments, max_size=5))
def test_impairments_survive_the_wire(some: list[Impairment]) -> None:
    data = msgspec.json.encode(some)
    assert msgspec.json.decode(data, type=list[Impairment]) == some
