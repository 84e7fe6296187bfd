"""A relay whose ledger lies: the sabotage that cross-checks of the ledger must notice."""

from __future__ import annotations

from harness.evidence.clock import now_ns
from harness.evidence.ledger_records import Cause
from harness.gateway.relay import Relay
from harness.gateway.relay_held import Parcel
from harness.network.lane import Fate


class LyingRelay(Relay):
    """Says of every second packet of those that an impairment dropped that it was forwarded.

    Not of all: a ledger without any loss is no evidence, and what needs some is INCONCLUSIVE.
    """

    _lies = False

    def _follow(self, fate: Fate, parcel: Parcel, at_ns: int) -> None:
        self._lies ^= not fate.deliveries
        if fate.deliveries or not self._lies:
            super()._follow(fate, parcel, at_ns)
            return
        stream, n, source, _ = parcel
        source.forwarded += 1
        self._departures.append(now_ns(), n, stream.number, Cause.FORWARDED)
