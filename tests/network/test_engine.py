from __future__ import annotations

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from harness.evidence.ledger_records import Cause, Direction
from harness.network import engine as engine_module
from harness.network.engine import Engine, Happened, InForce
from harness.network.impairment import Packet, Target
from harness.network.impairments import (
    REGISTRY,
    Delay,
    DropList,
    Impairment,
    Jitter,
    Loss,
    RateLimit,
    Rebind,
)
from harness.network.lane import NOW, Released
from harness.network.phase import Phase

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


def engine_with(*some: Impairment, seed: int = 1) -> Engine:
    engine = Engine(seed=seed)
    for participant in PEOPLE:
        engine.begin(participant, 0)
    engine.set_impairments(some, 0)
    return engine


def causes(engine: Engine, participant: str, direction: Direction, some: list[Packet]) -> list[int]:
    lane = engine.lane(participant, direction)
    return [lane.arrive(packet, None, number).cause for number, packet in enumerate(some)]


def in_force(engine: Engine, participant: str = "alice", now_ns: int = 0) -> list[InForce]:
    return [
        outcome
        for outcome in engine.due(now_ns)
        if isinstance(outcome, InForce) and outcome.participant == participant
    ]


def numbers(engine: Engine) -> dict[Impairment, int]:
    return {impairment: cause for cause, impairment in in_force(engine)[-1].impairments}


@settings(max_examples=100)
@given(st.lists(impairments, max_size=4), packets)
def test_every_packet_is_forwarded_or_dropped_by_one_that_is_in_force(
    some: list[Impairment], sent: list[Packet]
) -> None:
    engine = engine_with(*some)
    known = [cause for cause, _ in in_force(engine)[-1].impairments]
    assert len(set(known)) == len(known)
    assert all(number >= Cause.FIRST_IMPAIRMENT for number in known)
    assert set(causes(engine, "alice", "up", sent)) <= {Cause.FORWARDED, *known}


@settings(max_examples=100)
@given(st.lists(impairments, min_size=1, max_size=4), packets, packets, places)
def test_packets_of_others_move_no_fate(
    some: list[Impairment],
    mine: list[Packet],
    theirs: list[Packet],
    place: tuple[str, Direction],
) -> None:
    alone, together = engine_with(*some), engine_with(*some)
    if place != ("alice", "up"):
        causes(together, *place, theirs)
    assert causes(alone, "alice", "up", mine) == causes(together, "alice", "up", mine)


@settings(max_examples=200)
@given(impairments, st.lists(impairments, max_size=3), packets)
def test_other_impairments_move_no_fate(
    one: Impairment, others: list[Impairment], sent: list[Packet]
) -> None:
    assume(one not in others and one.target.participant in (None, "alice"))
    alone, among = engine_with(one), engine_with(*others, one)
    mine = numbers(among)[one]
    for truth, cause in zip(
        causes(alone, "alice", "up", sent), causes(among, "alice", "up", sent), strict=True
    ):
        if truth:
            assert cause  # dropped by this one, or by one before it
        else:
            assert cause != mine


def test_equal_impairments_are_independent_of_each_other() -> None:
    engine = engine_with(Loss(ratio=0.5), Loss(ratio=0.5))
    (first, _), (second, _) = in_force(engine)[-1].impairments
    drawn = causes(engine, "alice", "up", [Packet(1)] * 400)
    assert drawn.count(first) + drawn.count(second) > 250
    assert drawn.count(second) > 50


def test_it_tells_which_impairments_had_something_to_act_on() -> None:
    video, sound = Target(medium="video"), Target(medium="audio")
    rebind = Rebind(first_ms=10, target=Target(participant="alice"))
    some = (Loss(ratio=0, target=sound), Loss(ratio=1, target=video), Jitter(jitter_ms=1))
    engine = engine_with(*some, Delay(delay_ms=1, target=video), rebind)
    cause = numbers(engine)

    assert engine.met == set()
    causes(engine, "alice", "up", [Packet(1, "audio")])
    assert engine.met == {cause[some[0]], cause[some[2]]}
    engine.set_impairments([], 5)
    engine.set_impairments([rebind], 6)
    engine.due(11_000_000)
    assert engine.met == {cause[some[0]], cause[some[2]], cause[rebind]}


def test_what_came_out_before_a_change_is_not_touched_by_it() -> None:
    engine = engine_with(RateLimit(rate_kbps=8))
    engine.lane("alice", "up").arrive(Packet(10), "a", 0)
    engine.set_impairments([Loss(ratio=1)], 11_000_000)
    left = [one for one in engine.due(11_000_000) if isinstance(one, Released)]
    assert [(one.token, one.at_ns, one.fate.cause) for one in left] == [("a", 10_000_000, 0)]


@pytest.mark.parametrize(
    "same",
    [
        Jitter(jitter_ms=20.0),
        Jitter(jitter_ms=20, distribution="uniform", reorder=False),
        Jitter(jitter_ms=20, target=Target()),
        msgspec.json.decode('{"impairment":"jitter","jitter_ms":20,"target":{}}', type=Jitter),
    ],
)
def test_equal_impairments_have_one_plan_however_they_are_written(same: Jitter) -> None:
    def drawn(jitter: Jitter) -> list[int]:
        engine_module._text.cache_clear()  # what equals is looked up, not written
        lane = engine_with(jitter).lane("alice", "up")
        return [one.at_ns for n in range(50) for one in lane.arrive(Packet(1), None, n).deliveries]

    assert drawn(same) == drawn(Jitter(jitter_ms=20))


def test_what_nothing_aims_at_need_not_ask() -> None:
    engine = engine_with()
    assert engine.lane("alice", "up").idle
    engine.set_impairments([Loss(ratio=1, target=Target(participant="bob", direction="down"))], 0)
    assert engine.lane("alice", "up").idle
    assert engine.lane("bob", "up").idle
    assert not engine.lane("bob", "down").idle


def test_one_that_stays_goes_on_counting_and_one_that_returns_begins_again() -> None:
    stays, leaves = DropList(indices=(3,)), DropList(indices=(1,))
    engine = engine_with(stays, leaves)
    known = numbers(engine)
    assert causes(engine, "alice", "up", [Packet(1)] * 2) == [0, known[leaves]]
    engine.set_impairments([stays], 0)
    assert numbers(engine) == {stays: known[stays]}
    assert causes(engine, "alice", "up", [Packet(1)]) == [0]
    engine.set_impairments([leaves, stays], 0)
    assert numbers(engine) == known
    assert causes(engine, "alice", "up", [Packet(1)] * 2) == [known[stays], known[leaves]]


def test_causes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "MOST_CAUSES", Cause.FIRST_IMPAIRMENT + 1)
    engine = engine_with(Loss(ratio=0.1))
    with pytest.raises(ValueError, match="too many different impairments"):
        engine.set_impairments([Loss(ratio=0.2)], 0)
    with pytest.raises(ValueError, match="too many different impairments"):
        engine.set_profile([Phase(at_ns=0, impairments=(Loss(ratio=0.2),))], 0)
    assert numbers(engine) == {Loss(ratio=0.1): Cause.FIRST_IMPAIRMENT}


def test_a_packet_that_nothing_hits_is_forwarded_at_once() -> None:
    engine = engine_with(Loss(ratio=1, target=Target(medium="video")))
    assert engine.lane("alice", "up").arrive(Packet(1, "audio"), None, 0) is NOW


def test_phases_begin_at_their_times_even_when_nobody_asks_in_time() -> None:
    engine = Engine(seed=1)
    loss, later = Loss(ratio=1), Delay(delay_ms=5)
    engine.set_profile(
        [Phase(at_ns=0, impairments=(loss,)), Phase(at_ns=100, impairments=(later,))], 0
    )
    engine.begin("alice", 50)
    assert engine.next_ns == 0
    assert [(one.at_ns, one.phase) for one in in_force(engine)] == [(50, 0)]
    assert engine.next_ns == 150
    assert causes(engine, "alice", "up", [Packet(1)]) != [0]
    assert [(one.at_ns, one.phase) for one in in_force(engine, now_ns=170)] == [(150, 1)]
    [delivery] = engine.lane("alice", "up").arrive(Packet(1), None, 170).deliveries
    assert delivery.at_ns == 170 + 5_000_000
    assert engine.next_ns is None


def test_a_profile_of_ones_own_takes_the_place_of_that_of_all_until_all_get_another() -> None:
    engine = Engine(seed=1)
    engine.begin("alice", 0)
    engine.begin("bob", 0)
    engine.set_profile([Phase(at_ns=0, impairments=(Delay(delay_ms=1),))], 0)
    engine.set_profile([Phase(at_ns=0, impairments=(Loss(ratio=1),))], 0, participant="bob")
    assert [type(i) for _, i in in_force(engine)[-1].impairments] == [Delay]
    assert causes(engine, "bob", "up", [Packet(1)]) != [0]
    engine.set_profile([Phase(at_ns=0)], 0)
    assert [one.impairments for one in in_force(engine, "bob")] == [()]
    assert engine.lane("bob", "up").idle


def test_a_shorter_delay_lets_no_packet_overtake() -> None:
    engine = engine_with(Delay(delay_ms=5))
    lane = engine.lane("alice", "up")
    [first] = lane.arrive(Packet(1), None, 0).deliveries
    engine.set_impairments([Delay(delay_ms=1)], 1)
    [second] = lane.arrive(Packet(1), None, 1).deliveries
    assert second.at_ns == first.at_ns == 5_000_000


def test_a_delay_that_ends_holds_back_no_packets_but_its_own() -> None:
    audio, video = Target(medium="audio"), Target(medium="video")
    engine = engine_with(Delay(delay_ms=5, target=audio))
    lane = engine.lane("alice", "up")
    lane.arrive(Packet(1, "audio"), None, 0)
    engine.set_impairments([Delay(delay_ms=1, target=video)], 1)
    [delivery] = lane.arrive(Packet(1, "video"), None, 1).deliveries
    assert delivery.at_ns == 1_000_001


def test_an_event_happens_to_the_participant_whom_it_is_aimed_at() -> None:
    event = Rebind(first_ms=0, every_ms=100, target=Target(participant="alice"))
    engine = engine_with(event)
    cause = numbers(engine)[event]
    happened = [one for one in engine.due(200_000_000) if isinstance(one, Happened)]
    assert happened == [
        Happened(at_ns, "alice", event, cause) for at_ns in (100_000_000, 200_000_000)
    ]


@pytest.mark.parametrize(("name", "kind"), REGISTRY.items())
def test_registered_names_are_those_of_the_wire(name: str, kind: type[Impairment]) -> None:
    assert kind.__struct_config__.tag == name
    assert kind.title


@given(st.lists(impairments, max_size=5))
def test_impairments_survive_the_wire(some: list[Impairment]) -> None:
    data = msgspec.json.encode(some)
    assert msgspec.json.decode(data, type=list[Impairment]) == some
