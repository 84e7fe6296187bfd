"""Which codec a track travels in, by the payload types of its packets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from harness.evidence.ledger import SsrcTotals
from harness.evidence.ledger_records import Direction
from harness.evidence.measurement import Measurement
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.wire import FILES

Side = tuple[str, Direction]
"""Identity of a participant, and which way."""


class TotalsRecord(Protocol):
    """What is asked here of `harness.evidence.ledger.Ledger`."""

    def ssrc_totals(
        self,
        *,
        participant: str,
        direction: Direction,
        since_ns: int | None = None,
        until_ns: int | None = None,
        repair: bool | None = False,
    ) -> Sequence[SsrcTotals]:
        """Totals of each SSRC."""


@in_unit("tracks")
def tracks_in_another_codec(
    ledger: TotalsRecord,
    wanted: Mapping[str, str],
    sides: Iterable[Side],
    *,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """How many tracks travel in a codec that was not asked for, at any of these places.

    Rests on packets of each track at each place, of which the codec is known.

    Args:
        ledger: The gateway's record.
        wanted: Sid of a track to its codec in lower case: `vp8`.
        sides: Where to look.
        since_ns: From here on,
        until_ns: up to here, which is not counted.
    """
    other, packets = {}, 0
    for participant, direction in sides:
        totals = ledger.ssrc_totals(
            participant=participant, direction=direction, since_ns=since_ns, until_ns=until_ns
        )
        for sid, codec in wanted.items():
            own = [one for one in totals if one.track == sid and one.codec is not None]
            if not own:
                raise NoEvidenceError(f"no codec of {sid} is known on the way {direction}")
            packets += sum(one.packets for one in own)
            strange = {str(one.codec) for one in own} - {codec}
            if strange:
                other[sid] = f"{codec} was asked for, {' and '.join(sorted(strange))} travels"
    return Measurement(
        value=float(len(other)),
        unit="tracks",
        rests_on=packets,
        notes=tuple(other.values()),
        evidence=FILES,
    )
