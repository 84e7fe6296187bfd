"""A relay whose ledger lies: the sabotage that cross-checks of the ledger must notice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from harness.evidence.clock import now_ns
from harness.evidence.ledger_records import Cause
from harness.gateway.relay import Relay, Row
from harness.gateway.relay_held import Parcel
from harness.gateway.relay_sides import Source
from harness.network.lane import Fate


class LyingRelay(Relay):
    """Says of every second packet that an impairment dropped of a stream that it was forwarded.

    Not of all: a ledger without any loss is no evidence, and what needs some is INCONCLUSIVE. Of
    each stream by itself: by their order in time one of several might be spared.
    """

    def __init__(self, *, folder: Path, seed: int, host: str, tell: Callable[[Row], None]) -> None:
        super().__init__(folder=folder, seed=seed, host=host, tell=tell)
        self._lied_last: set[Source] = set()

    def _follow(self, fate: Fate, parcel: Parcel, at_ns: int) -> None:
        stream, n, source, _ = parcel
        honest = fate.deliveries or source in self._lied_last
        if not fate.deliveries:
            self._lied_last ^= {source}
        if honest:
            super()._follow(fate, parcel, at_ns)
            return
        source.forwarded += 1
        self._departures.append(now_ns(), n, stream.number, Cause.FORWARDED)
