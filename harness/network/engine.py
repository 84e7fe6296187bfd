"""What happens to each packet and when. No IO, no clock: `now_ns` is an argument everywhere.

    engine.begin(participant, now_ns)    its timeline starts
    lane.arrive(packet, token, now_ns)   the next packet of a participant and direction → Fate
    engine.next_ns                       when there will be something to do without a packet
    engine.due(now_ns)                   what has happened until then: packets that come out of
                                         queues, what is in force from a time on, events

What an impairment does to packet n is a function of (seed, participant, direction, impairment, n);
queues and schedules depend on times of arrival as well. Each impairment counts every packet that
its target hits, also those that another one drops, so that none moves the fates of another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import msgspec

from harness.evidence.ledger_records import DIRECTIONS, MOST_CAUSES, Cause, Direction
from harness.network.agenda import Agenda
from harness.network.impairment import Course, Event, Exit, Filter, ImpairmentBase, Queueing
from harness.network.impairments import REGISTRY, Impairment
from harness.network.lane import Lane, Released
from harness.network.phase import Phase
from harness.network.randomness import uniform_numbers
from harness.network.stages import AnyStage, ExitStage, FilterStage, Order, QueueStage

_RANK = {kind: rank for rank, kind in enumerate(REGISTRY.values())}
_NOTHING = (Phase(at_ns=0),)


@dataclass(frozen=True, slots=True)
class InForce:
    """From now on this, and nothing else, is done to a participant's packets."""

    at_ns: int
    participant: str
    phase: int
    """Index of the phase of its profile."""
    impairments: tuple[tuple[int, Impairment], ...]
    """With the cause under which departures name each."""


@dataclass(frozen=True, slots=True)
class Happened:
    """An event happened to a participant."""

    at_ns: int
    participant: str
    event: Event
    cause: int
    """Under which departures name it."""


Outcome = Released | InForce | Happened


class _Person:
    """A participant: where its profile stands, its lanes and the events that await it."""

    __slots__ = ("events", "identity", "lanes", "phase", "start_ns")

    def __init__(self, identity: str, agenda: Agenda[_Due]) -> None:
        self.identity = identity
        self.start_ns = 0
        self.phase = 0
        self.lanes: dict[Direction, Lane] = {direction: Lane(agenda) for direction in DIRECTIONS}
        self.events: dict[str, _Scheduled] = {}


class _Scheduled:
    """An event of a participant."""

    __slots__ = ("cause", "event", "participant", "since_ns")

    def __init__(self, event: Event, cause: int, participant: str, since_ns: int) -> None:
        self.event = event
        self.cause = cause
        self.participant = participant
        self.since_ns = since_ns


_Due = Lane | _Person | _Scheduled


class Engine:
    """The impairments of everybody, and where each of their plans stands.

    Args:
        seed: Decides all random fates together with participant, direction, impairment and n.
    """

    def __init__(self, *, seed: int) -> None:
        self._seed = seed
        self._extra: tuple[Impairment, ...] = ()
        self._profiles: dict[str | None, tuple[Phase, ...]] = {None: _NOTHING}
        self._causes: dict[str, int] = {}
        self._people: dict[str, _Person] = {}
        self._agenda: Agenda[_Due] = Agenda()
        self._outcomes: list[Outcome] = []
        self._met: set[int] = set()

    def set_impairments(self, impairments: Sequence[Impairment], now_ns: int) -> None:
        """Put these in force for whoever they are aimed at, on top of the profiles.

        They take the place of those set before. One that was in force already goes on counting;
        one that is new, or comes back, begins at packet 0.

        Raises: ValueError when more different ones have been set than causes can be numbered.
        """
        self._number(self._profiles.values(), impairments)
        self._catch_up(now_ns)
        self._extra = tuple(impairments)
        for person in self._people.values():
            self._put_in_force(person, now_ns)

    def set_profile(
        self, phases: Sequence[Phase], now_ns: int, *, participant: str | None = None
    ) -> None:
        """Begin a timeline now, in place of the former one.

        Args:
            phases: In order of time, the first at 0; the last holds for good.
            now_ns: Time 0 for those who have begun; for others it is when they do.
            participant: Whose; None is everybody, also who had one of their own.

        Raises: ValueError as `set_impairments`.
        """
        kept = {} if participant is None else self._profiles
        profiles = {**kept, participant: tuple(phases)}
        self._number(profiles.values(), self._extra)
        self._catch_up(now_ns)
        self._profiles = profiles
        for identity, person in self._people.items():
            if participant in (None, identity):
                self._start(person, now_ns)

    def begin(self, participant: str, now_ns: int) -> None:
        """Time 0 of the profile of a participant who is new; a second time does nothing."""
        if participant not in self._people:
            person = self._people[participant] = _Person(participant, self._agenda)
            self._start(person, now_ns)

    def lane(self, participant: str, direction: Direction) -> Lane:
        """The way of these packets: one object for as long as the engine lives.

        Raises: KeyError when the participant has not begun.
        """
        return self._people[participant].lanes[direction]

    @property
    def met(self) -> frozenset[int]:
        """Causes of what had something to act on: a packet that its target means, or its time."""
        lanes = (lane for person in self._people.values() for lane in person.lanes.values())
        return frozenset(self._met.union(*(_met(lane.stages) for lane in lanes)))

    @property
    def next_ns(self) -> int | None:
        """When `due` will have something to say; None when that needs a packet or a setting."""
        return 0 if self._outcomes else self._agenda.next_ns

    def due(self, now_ns: int) -> list[Outcome]:
        """What happened until now; to be asked before a packet's arrival."""
        self._catch_up(now_ns)
        outcomes, self._outcomes = self._outcomes, []
        return outcomes

    def _catch_up(self, now_ns: int) -> None:
        while (due := self._agenda.pop(now_ns)) is not None:
            at_ns, thing = due
            match thing:
                case Lane():
                    self._outcomes += thing.release(at_ns)
                case _Person():
                    self._next_phase(thing, at_ns)
                case _Scheduled():
                    self._happen(thing, at_ns)

    # -- timelines ----------------------------------------------------------------------------

    def _profile(self, person: _Person) -> tuple[Phase, ...]:
        return self._profiles.get(person.identity, self._profiles[None])

    def _start(self, person: _Person, now_ns: int) -> None:
        person.start_ns, person.phase = now_ns, 0
        self._put_in_force(person, now_ns)
        self._await_phase(person)

    def _next_phase(self, person: _Person, at_ns: int) -> None:
        person.phase += 1
        self._put_in_force(person, at_ns)
        self._await_phase(person)

    def _await_phase(self, person: _Person) -> None:
        later = self._profile(person)[person.phase + 1 :]
        self._agenda.put(person, person.start_ns + later[0].at_ns if later else None)

    def _happen(self, scheduled: _Scheduled, at_ns: int) -> None:
        event = scheduled.event
        self._met.add(scheduled.cause)
        self._outcomes.append(Happened(at_ns, scheduled.participant, event, scheduled.cause))
        self._agenda.put(scheduled, event.next_ns(at_ns, scheduled.since_ns))

    # -- what is in force ---------------------------------------------------------------------

    def _number(self, profiles: Iterable[Sequence[Phase]], extra: Sequence[Impairment]) -> None:
        """Give causes to all that these can put in force; to none when there are too many."""
        keys = {
            key for phase in chain.from_iterable(profiles) for key in _keyed(phase, extra)
        } - self._causes.keys()
        if Cause.FIRST_IMPAIRMENT + len(self._causes) + len(keys) > MOST_CAUSES:
            raise ValueError("too many different impairments for one ledger: start a new gateway")
        for key in sorted(keys):
            self._causes[key] = Cause.FIRST_IMPAIRMENT + len(self._causes)

    def _put_in_force(self, person: _Person, at_ns: int) -> None:
        phase = self._profile(person)[person.phase]
        keyed = _keyed(phase, self._extra)
        for direction, lane in person.lanes.items():
            self._fill(lane, person.identity, direction, keyed, at_ns)
        self._schedule_events(person, keyed, at_ns)
        aimed = tuple(
            (self._causes[key], impairment)
            for key, impairment in keyed.items()
            if impairment.target.participant in (None, person.identity)
        )
        self._outcomes.append(InForce(at_ns, person.identity, person.phase, aimed))

    def _fill(
        self,
        lane: Lane,
        participant: str,
        direction: Direction,
        keyed: dict[str, Impairment],
        at_ns: int,
    ) -> None:
        present = {stage.key: stage for stage in lane.stages}
        ended = [stage for key, stage in present.items() if key not in keyed]
        self._met |= _met(ended)
        stages = [
            present.get(key) or self._stage(key, impairment, (participant, direction, at_ns), ended)
            for key, impairment in keyed.items()
            if not isinstance(impairment, Event)
            and impairment.target.aims_at(participant, direction)
        ]
        lane.put_in_force(stages, at_ns)

    def _stage(
        self,
        key: str,
        impairment: Filter | Queueing | Exit,
        place: tuple[str, Direction, int],
        ended: list[AnyStage],
    ) -> AnyStage:
        participant, direction, since_ns = place
        cause = self._causes[key]
        course = Course(
            uniform=uniform_numbers(
                seed=self._seed, participant=participant, direction=direction, key=key
            ),
            since_ns=since_ns,
            cause=cause,
        )
        replaced = _take_replaced(impairment, ended)
        match impairment:
            case Filter():
                return FilterStage(key, impairment, cause, impairment.plan(course))
            case Exit():
                order = Order() if impairment.keeps_order else None
                if order is not None and isinstance(replaced, ExitStage):
                    order = replaced.order or order
                return ExitStage(key, impairment, cause, impairment.plan(course), order)
            case Queueing():
                before = replaced if isinstance(replaced, QueueStage) else None
                free_ns = before.queue.free_ns if before and before.queue else 0
                stage = QueueStage(
                    key, impairment, cause, impairment.queue(course, free_ns=free_ns)
                )
                if before is not None:
                    before.successor = stage
                return stage

    def _schedule_events(self, person: _Person, keyed: dict[str, Impairment], at_ns: int) -> None:
        wanted = {
            key: impairment
            for key, impairment in keyed.items()
            if isinstance(impairment, Event)
            and impairment.target.participant in (None, person.identity)
        }
        for key in person.events.keys() - wanted.keys():
            self._agenda.put(person.events.pop(key), None)
        for key in wanted.keys() - person.events.keys():
            event = wanted[key]
            scheduled = _Scheduled(event, self._causes[key], person.identity, at_ns)
            person.events[key] = scheduled
            self._agenda.put(scheduled, event.next_ns(at_ns - 1, at_ns))


def _keyed(phase: Phase, extra: Sequence[Impairment]) -> dict[str, Impairment]:
    """Impairments in the order in which they act, under names that no other one can change.

    The name is what the impairment says of itself; equal ones are numbered, for which is which
    of them makes no difference.
    """
    seen: Counter[str] = Counter()
    keyed: dict[str, Impairment] = {}
    for impairment in sorted((*phase.impairments, *extra), key=lambda one: _RANK[type(one)]):
        text = _text(impairment)
        keyed[f"{seen[text]}:{text}"] = impairment
        seen[text] += 1
    return keyed


@lru_cache(maxsize=1024)  # a recorded link is hundreds of kilobytes, and asked for at each phase
def _text(impairment: Impairment) -> str:
    """One text for equal impairments, which have one plan: with 20 or 20.0, default said or not."""
    read = msgspec.json.decode(msgspec.json.encode(impairment), type=type(impairment))
    said = {
        field.name: value
        for field in msgspec.structs.fields(read)
        if (value := getattr(read, field.name)) != field.default
    }
    tag = read.__struct_config__.tag
    return msgspec.json.encode({"impairment": tag, **said}).decode()


def _met(stages: Iterable[AnyStage]) -> set[int]:
    return {stage.cause for stage in stages if stage.count}


def _take_replaced(impairment: ImpairmentBase, ended: list[AnyStage]) -> AnyStage | None:
    """What ends where this one begins, of the same kind and before the same packets; once."""
    for stage in ended:
        if (
            type(stage.impairment) is type(impairment)
            and stage.impairment.target == impairment.target
        ):
            ended.remove(stage)
            return stage
    return None
