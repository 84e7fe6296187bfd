"""What happens to each packet. No IO, no clock, no state but counters.

Impairments act in the order of their list and the first that drops a packet ends its way. Each
counts every packet that its target hits, also those that another one drops, so that what is put
before it moves none of its fates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from harness.evidence.ledger_records import Cause, Direction
from harness.network.impairment import DELIVER_NOW, Packet, Plan
from harness.network.impairments import Impairment
from harness.network.randomness import uniform_numbers

_MOST_CAUSES = 0xFFFF


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a packet."""

    cause: int
    """Cause of the ledger: FORWARDED, or the number of the impairment that dropped it."""
    delays_ns: tuple[int, ...]
    """When it is delivered, after its arrival; one value a copy; empty when it is dropped."""


FORWARD = Fate(Cause.FORWARDED, DELIVER_NOW)


class _Active:
    """An impairment at work on one participant and direction."""

    __slots__ = ("count", "dropped", "hits", "plan")

    def __init__(self, impairment: Impairment, plan: Plan, cause: int) -> None:
        self.hits = impairment.target.hits
        self.plan = plan
        self.dropped = Fate(cause, ())
        self.count = 0


class Lane:
    """All that is done to the packets of one participant in one direction."""

    __slots__ = ("_active",)

    def __init__(self, active: Sequence[_Active]) -> None:
        self._active = tuple(active)

    def decide(self, packet: Packet, now_ns: int) -> Fate:
        """The fate of the next packet; to be asked once for each packet, in order of arrival."""
        fate = FORWARD
        for active in self._active:
            if active.hits(packet):
                n = active.count
                active.count = n + 1
                if fate is FORWARD and not active.plan(n, packet, now_ns):
                    fate = active.dropped
        return fate


class Engine:
    """The impairments in force and where each of their plans stands.

    Args:
        seed: Decides all random fates together with participant, direction, impairment and n.
    """

    def __init__(self, *, seed: int) -> None:
        self._seed = seed
        self._impairments: dict[str, Impairment] = {}
        self._causes: dict[str, int] = {}
        self._active: dict[tuple[str, Direction, str], _Active] = {}

    def set_impairments(self, impairments: Sequence[Impairment]) -> list[int]:
        """Put these in force in place of the former ones.

        One that was in force already goes on counting; one that is new, or comes back, begins at
        packet 0. Lanes handed out before are void: ask again.

        Returns: The cause of each, under which departures name it; the same as long as this
            engine lives.
        Raises: ValueError when more different ones have been set than causes can be numbered.
        """
        keyed = _keyed(impairments)
        unknown = [key for key in keyed if key not in self._causes]
        if Cause.FIRST_IMPAIRMENT + len(self._causes) + len(unknown) > _MOST_CAUSES:
            raise ValueError("too many different impairments for one ledger: start a new gateway")
        for key in unknown:
            self._causes[key] = Cause.FIRST_IMPAIRMENT + len(self._causes)
        self._impairments = keyed
        self._active = {place: at for place, at in self._active.items() if place[2] in keyed}
        return [self._causes[key] for key in keyed]

    def lane(self, participant: str, direction: Direction) -> Lane | None:
        """What is done to these packets, or None when nothing is: they need not be asked about."""
        active = [
            self._at_work(participant, direction, key, impairment)
            for key, impairment in self._impairments.items()
            if impairment.target.aims_at(participant, direction)
        ]
        return Lane(active) if active else None

    def _at_work(
        self, participant: str, direction: Direction, key: str, impairment: Impairment
    ) -> _Active:
        place = (participant, direction, key)
        if place not in self._active:
            uniform = uniform_numbers(
                seed=self._seed, participant=participant, direction=direction, key=key
            )
            self._active[place] = _Active(impairment, impairment.plan(uniform), self._causes[key])
        return self._active[place]


def _keyed(impairments: Sequence[Impairment]) -> dict[str, Impairment]:
    """Impairments under names that no other impairment in the list can change.

    The name is what the impairment says of itself; equal ones are numbered, for which is which
    of them makes no difference.
    """
    seen: Counter[str] = Counter()
    keyed: dict[str, Impairment] = {}
    for impairment in impairments:
        text = msgspec.json.encode(impairment).decode()
        keyed[f"{seen[text]}:{text}"] = impairment
        seen[text] += 1
    return keyed
