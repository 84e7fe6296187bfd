"""Impairments at work on the packets of one participant in one direction."""

from __future__ import annotations

from harness.network.impairment import (
    Delivery,
    Exit,
    ExitPlan,
    Filter,
    FilterPlan,
    Packet,
    Queue,
    Queueing,
)


class Stage:
    """An impairment and the packets that it has counted.

    Args:
        key: Tells it from every other impairment in force.
        impairment: What it is.
        cause: Its number in the ledger.
    """

    __slots__ = ("_hits", "_hits_all", "cause", "count", "impairment", "key")

    def __init__(self, key: str, impairment: Filter | Queueing | Exit, cause: int) -> None:
        self.key = key
        self.impairment = impairment
        self.cause = cause
        self.count = 0
        self._hits = impairment.target.hits
        self._hits_all = impairment.target.hits_all

    def number(self, packet: Packet) -> int:
        """The packet's number here, which is counted; −1 when it is not meant."""
        if self._hits_all or self._hits(packet):
            n = self.count
            self.count = n + 1
            return n
        return -1


class FilterStage(Stage):
    """Drops packets when they arrive."""

    __slots__ = ("plan",)

    def __init__(self, key: str, impairment: Filter, cause: int, plan: FilterPlan) -> None:
        super().__init__(key, impairment, cause)
        self.plan = plan


class QueueStage(Stage):
    """Lets packets wait."""

    __slots__ = ("queue", "successor")

    def __init__(self, key: str, impairment: Queueing, cause: int, queue: Queue) -> None:
        super().__init__(key, impairment, cause)
        self.queue: Queue | None = queue
        """None when it is no longer in force."""
        self.successor: QueueStage | None = None
        """What took its place then."""

    def in_force(self) -> QueueStage | None:
        """This one, or what stands in its place now."""
        stage: QueueStage | None = self
        while stage is not None and stage.queue is None:
            stage = stage.successor
        return stage


class Order:
    """When the last packet leaves, of those that must not overtake each other."""

    __slots__ = ("last_ns",)

    def __init__(self) -> None:
        self.last_ns = 0

    def kept(self, deliveries: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
        """The next ones, none of them before the last."""
        last_ns = self.last_ns
        if len(deliveries) == 1:  # nearly always, and much faster
            at_ns, mark, flipped_bit = deliveries[0]
            if at_ns < last_ns:
                return (Delivery(last_ns, mark, flipped_bit),)
            self.last_ns = at_ns
            return deliveries
        self.last_ns = max(last_ns, deliveries[0].at_ns)  # nobody waits for a copy
        return tuple(
            one if one.at_ns >= last_ns else one._replace(at_ns=last_ns) for one in deliveries
        )


class ExitStage(Stage):
    """Says how packets leave."""

    __slots__ = ("order", "plan")

    def __init__(
        self, key: str, impairment: Exit, cause: int, plan: ExitPlan, order: Order | None
    ) -> None:
        super().__init__(key, impairment, cause)
        self.plan = plan
        self.order = order
        """None where packets may overtake each other."""


AnyStage = FilterStage | QueueStage | ExitStage
