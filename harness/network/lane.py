"""The way of the packets of one participant in one direction through what is in force."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from harness.evidence.ledger_records import Cause
from harness.network.agenda import Agenda
from harness.network.impairment import Delivery, Packet, Waiting
from harness.network.stages import AnyStage, ExitStage, FilterStage, QueueStage

_FORWARDED = int(Cause.FORWARDED)
_UNKNOWN = -1
_at_ns = attrgetter("at_ns")


class Fate(NamedTuple):
    """What becomes of a packet."""

    cause: int
    """Cause of the ledger: FORWARDED, or the number of the impairment that dropped it."""
    deliveries: tuple[Delivery, ...]
    """When it leaves, one entry a copy; empty when it is dropped, and for NOW and QUEUED."""


NOW = Fate(Cause.FORWARDED, ())
"""It goes on at once and as it is. Told by identity."""
QUEUED = Fate(Cause.FORWARDED, ())
"""It waits; its fate comes out of the engine later. Told by identity."""


class Released(NamedTuple):
    """A packet that had to wait, and what becomes of it."""

    token: Any
    """As it was given to `Lane.arrive`."""
    at_ns: int
    """When it came out, or was dropped."""
    fate: Fate


class _Way:
    """A waiting packet's further way, made of what was in force when it arrived."""

    __slots__ = ("exits", "queues", "token")

    def __init__(
        self,
        token: Any,  # noqa: ANN401 - the caller's own
        queues: list[tuple[QueueStage, int]],
        exits: list[tuple[ExitStage, int]],
    ) -> None:
        self.token = token
        self.queues = queues
        self.exits = exits


class Lane:
    """Filters, queues and exits in the order in which they act; the engine says which.

    Args:
        agenda: Where the lane stands when packets wait in it.
    """

    __slots__ = ("_agenda", "_due_ns", "_exits", "_filters", "_outside", "_queues", "idle")

    def __init__(self, agenda: Agenda[Any]) -> None:
        self._agenda = agenda
        self._filters: tuple[FilterStage, ...] = ()
        self._queues: tuple[QueueStage, ...] = ()
        self._exits: tuple[ExitStage, ...] = ()
        self._outside: list[Released] = []
        self._due_ns: int | None = None
        """As it stands on the agenda; _UNKNOWN when the agenda may have crossed it off."""
        self.idle = True
        """Nothing is done to any packet: nobody need ask."""

    def arrive(
        self,
        packet: Packet,
        token: Any,  # noqa: ANN401 - the caller's own
        now_ns: int,
    ) -> Fate:
        """The fate of the next packet; to be asked once for each, in order of arrival.

        Args:
            packet: What is known of it.
            token: Given back in `Released` when the fate is QUEUED.
            now_ns: Its arrival; what was due until then must have been asked for.
        """
        dropped: FilterStage | None = None
        for stage in self._filters:
            n = stage.number(packet)
            if n >= 0 and stage.plan(n, packet, now_ns) and dropped is None:
                dropped = stage
        queues = [(q, n) for q in self._queues if (n := q.number(packet)) >= 0]
        exits = [(e, n) for e in self._exits if (n := e.number(packet)) >= 0]
        if dropped is not None:
            return Fate(dropped.cause, ())
        if not queues:
            return _leave(packet, exits, now_ns) if exits else NOW
        fate = self._enter(packet, _Way(token, queues, exits), now_ns)
        if fate is not None:
            return fate
        self._schedule()
        return QUEUED

    def release(self, now_ns: int) -> list[Released]:
        """What has come out of the queues by now, in order of time."""
        released, self._outside = self._outside, []
        self._due_ns = _UNKNOWN
        for stage in self._queues:
            assert stage.queue is not None, "only those in force are asked"
            for waiting, at_ns in stage.queue.take(now_ns):
                way: _Way = waiting.token
                if at_ns is None:
                    released.append(Released(way.token, now_ns, Fate(stage.cause, ())))
                    continue
                self._go_on(waiting.packet, way, at_ns, released)
        self._schedule()
        return sorted(released, key=_at_ns) if len(released) > 1 else released

    @property
    def stages(self) -> tuple[AnyStage, ...]:
        """All that is in force, in the order in which it acts."""
        return (*self._filters, *self._queues, *self._exits)

    def put_in_force(self, stages: Sequence[AnyStage], now_ns: int) -> None:
        """These from now on; what waits in a queue that has ended goes to its successor, or on."""
        ended = [stage for stage in self._queues if stage not in stages]
        self._filters = tuple(stage for stage in stages if isinstance(stage, FilterStage))
        self._queues = tuple(stage for stage in stages if isinstance(stage, QueueStage))
        self._exits = tuple(stage for stage in stages if isinstance(stage, ExitStage))
        for stage in ended:
            assert stage.queue is not None, "it was in force until now"
            left, stage.queue = stage.queue.drain(), None
            for waiting in left:
                way: _Way = waiting.token
                way.queues.insert(0, (stage, waiting.n))
                self._go_on(waiting.packet, way, now_ns, self._outside)
        self.idle = not stages
        self._schedule()

    def _go_on(self, packet: Packet, way: _Way, at_ns: int, released: list[Released]) -> None:
        fate = self._enter(packet, way, at_ns)
        if fate is not None:
            released.append(Released(way.token, at_ns, fate))

    def _enter(self, packet: Packet, way: _Way, at_ns: int) -> Fate | None:
        """Into the next queue of its way, or out of the last; None when it waits."""
        while way.queues:
            passed, n = way.queues.pop(0)
            stage = passed.in_force()
            if stage is None or stage.queue is None:
                continue
            if not stage.queue.put(Waiting(n, packet, way), at_ns):
                return Fate(stage.cause, ())
            return None
        return _leave(packet, way.exits, at_ns)

    def _schedule(self) -> None:
        due_ns = 0 if self._outside else None
        for stage in self._queues:
            next_ns = stage.queue.next_ns if stage.queue is not None else None
            if next_ns is not None and (due_ns is None or next_ns < due_ns):
                due_ns = next_ns
        if due_ns != self._due_ns:
            self._due_ns = due_ns
            self._agenda.put(self, due_ns)


def _leave(packet: Packet, exits: list[tuple[ExitStage, int]], at_ns: int) -> Fate:
    deliveries: tuple[Delivery, ...] = (Delivery(at_ns),)
    for stage, n in exits:
        deliveries = stage.plan(n, packet, deliveries)
        if stage.order is not None:
            deliveries = stage.order.kept(deliveries)
    return Fate(_FORWARDED, deliveries)
