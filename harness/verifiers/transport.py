"""Over what media travels: the candidate pairs that an SDK has selected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from harness.evidence.measurement import Measurement
from harness.evidence.selected_pair import selected_pairs
from harness.verifiers.answer import NoEvidenceError, in_unit


@in_unit("bool")
def fell_back(
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
    *,
    to: Literal["tcp", "udp"] = "tcp",
) -> Measurement:
    """1 if all transports of a participant travel over `to` now, and none did before.

    Args:
        before: Statistics of a first snapshot, see `harness.participant.statistics`.
        after: Those of a second one.
        to: The protocol that is left.
    """
    first = [pair.protocol for pair in selected_pairs(before)]
    second = [pair.protocol for pair in selected_pairs(after)]
    if not first or not second:
        raise NoEvidenceError("the statistics name no selected candidate pair in both snapshots")
    if to in first:
        raise NoEvidenceError(f"media travelled over {to} before already")
    return Measurement(
        value=float(all(protocol == to for protocol in second)),
        unit="bool",
        rests_on=len(second),
        notes=(f"before over {', '.join(first)}, now over {', '.join(second)}",),
    )
