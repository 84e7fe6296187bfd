"""Over what media travels: the candidate pairs that an SDK has selected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.evidence.measurement import Measurement
from harness.evidence.selected_pair import selected_pairs
from harness.verifiers.answer import NoEvidenceError, in_unit


@in_unit("bool")
def fell_back(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> Measurement:
    """1 if all transports of a participant travel over TCP now, and none did before.

    Args:
        before: Statistics of a first snapshot, see `harness.participant.statistics`.
        after: Those of a second one.
    """
    first = [pair.protocol for pair in selected_pairs(before)]
    second = [pair.protocol for pair in selected_pairs(after)]
    if not first or not second:
        raise NoEvidenceError("the statistics name no selected candidate pair in both snapshots")
    if "tcp" in first:
        raise NoEvidenceError("media travelled over tcp before already")
    return Measurement(
        value=float(all(protocol == "tcp" for protocol in second)),
        unit="bool",
        rests_on=len(second),
        notes=(f"before over {', '.join(first)}, now over {', '.join(second)}",),
    )
