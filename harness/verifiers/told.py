"""Series of what an SDK or server told, taken from statistics at several moments.

Members that WebRTC leaves unset are 0 in the Python SDK, so a 0 is evidence only where another
member shows that something was counted; each verifier names that member.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.measurement import Measurement
from harness.evidence.statistics_sample import StatisticsSample
from harness.verifiers.answer import NoEvidenceError

SNAPSHOT_MS = 50
"""A snapshot's counters are of some moment within this of its time."""
AROUND_MS = (-SNAPSHOT_MS, SNAPSHOT_MS)

Entry = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Apart:
    """What was told at one moment, and how far from the truth that is."""

    at_ns: int
    told: float
    low: float
    high: float
    """The truth lies between the two."""

    @property
    def difference(self) -> float:
        """How far what was told is from where the truth lies; 0 inside."""
        return max(0.0, self.told - self.high, self.low - self.told)


def entries_told(
    samples: Sequence[StatisticsSample],
    *,
    participant: str,
    kind: str,
    medium: str | None = None,
    members: Sequence[str],
    since_ns: int,
    until_ns: int,
) -> list[Entry]:
    """Entries of a type in the statistics that a participant gave in [since, until), in order.

    Args:
        samples: Statistics at several moments, of anybody.
        participant: Identity.
        kind: `type` of the entries.
        medium: Their `kind`, `audio` or `video`; None where they have none.
        members: What each must have.
        since_ns: From here on,
        until_ns: up to here.

    Raises:
        NoEvidenceError: there are none, or one lacks a member.
    """
    found = [
        entry
        for sample in samples
        if sample.participant == participant
        for entry in sample.entries
        if entry.get("type") == kind and medium in (None, entry.get("kind"))
    ]
    for entry in found:
        for member in ("at_ns", *members):
            if member not in entry:
                raise NoEvidenceError(f"the statistics have a {kind} without {member}")
    inside: list[Entry] = [entry for entry in found if since_ns <= int(entry["at_ns"]) < until_ns]
    if not inside:
        what = f"{kind} of {medium}" if medium else kind
        raise NoEvidenceError(f"the statistics of {participant} have no {what} in the time asked")
    return inside


def snapshot_ns(entries: Sequence[Entry]) -> int:
    """When a snapshot was taken; raises NoEvidenceError where it is empty."""
    if not entries:
        raise NoEvidenceError("the statistics are empty")
    return min(int(entry["at_ns"]) for entry in entries)


def received(entries: Sequence[Entry], ssrc: int, member: str) -> float:
    """What a snapshot tells of a stream that is received.

    Raises NoEvidenceError where it does not tell that.
    """
    for entry in entries:
        if entry.get("type") == "inbound_rtp" and entry.get("ssrc") == ssrc and member in entry:
            return float(entry[member])
    raise NoEvidenceError(f"the statistics have no {member} of SSRC {ssrc}")


def one_stream(entries: Sequence[Entry]) -> int:
    """The SSRC that all entries are of; raises NoEvidenceError where they are of several."""
    ssrcs = {int(entry["ssrc"]) for entry in entries}
    if len(ssrcs) > 1:
        raise NoEvidenceError(f"the statistics are of {len(ssrcs)} streams, one is compared")
    return ssrcs.pop()


def moments_ns(entry: Entry, span_ms: tuple[int, int] = AROUND_MS) -> tuple[int, int]:
    """The earliest and the latest moment that an entry can be of."""
    since_ms, until_ms = span_ms
    at_ns = int(entry["at_ns"])
    return at_ns + since_ms * NS_PER_MS, at_ns + until_ms * NS_PER_MS


def apart(entry: Entry, told: float, truths: NDArray[Any]) -> Apart:
    """What an entry tells, against all that can have been true at its moment; at least one."""
    return Apart(
        at_ns=int(entry["at_ns"]), told=told, low=float(truths.min()), high=float(truths.max())
    )


def worst_apart(
    points: Sequence[Apart], unit: str, *, error: float, evidence: tuple[str, ...]
) -> Measurement:
    """The largest difference, with what was told there, and in the middle, in the notes."""
    worst = max(points, key=lambda point: point.difference)
    return _measured(points, worst.difference, unit, error, evidence)


def middle_apart(
    points: Sequence[Apart], unit: str, *, error: float, evidence: tuple[str, ...]
) -> Measurement:
    """The difference in the middle, of an even number the larger; notes as `worst_apart`."""
    ranked = sorted(point.difference for point in points)
    return _measured(points, ranked[len(ranked) // 2], unit, error, evidence)


def _measured(
    points: Sequence[Apart], value: float, unit: str, error: float, evidence: tuple[str, ...]
) -> Measurement:
    worst = max(points, key=lambda point: point.difference)
    told = [point.told for point in points]
    where = f"told {worst.told:.2f}, truth {worst.low:.2f} to {worst.high:.2f} {unit}"
    overall = f"{min(told):.2f} to {max(told):.2f}, median {np.median(told):.2f} {unit}"
    return Measurement(
        value=value,
        unit=unit,
        error=error,
        rests_on=len(points),
        notes=(f"where they differ most {where}", f"told in all {overall}"),
        evidence=evidence,
    )
