"""One numbered requirement, as plain checked data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

CLAIMS = 71
"""Statements of the LiveKit documentation that clauses can speak about, numbered from 1."""


class Level(StrEnum):
    """How binding a clause is. An INFO clause is judged and shown, and never fails a run."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"
    INFO = "INFO"


class EvidenceKind(StrEnum):
    """What a measurement rests on."""

    DECODED = "decoded"
    WIRE = "wire"
    EVENTS = "events"
    API = "api"
    STATISTICS = "statistics"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Both ends belong to what is allowed; `max` = `min` means exactly. At least one is set."""

    max: float | None = None
    min: float | None = None

    @property
    def direction(self) -> str | None:
        """Which way is better: `smaller`, `larger`, `equal`, or None inside a band."""
        if self.max is None:
            return "larger"
        if self.min is None:
            return "smaller"
        return "equal" if self.max == self.min else None

    def as_dict(self) -> dict[str, float]:
        """Only the ends that are set, as results files show them."""
        ends = {"max": self.max, "min": self.min}
        return {name: value for name, value in ends.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One numbered requirement: what must hold, who says so, and where the limit comes from."""

    id: str
    """AREA-nnn, for example `MUTE-002`."""
    statement: str
    level: Level
    claims: tuple[int, ...] = ()
    """Numbers of the documentation claims, 1 to 71, that the clause decides: its PASS means that
    they are true, its FAIL that they are not."""
    informs: tuple[int, ...] = ()
    """Numbers of claims that it does not decide and whose readers should know of it; none of
    `claims`."""
    source: str
    evidence: tuple[EvidenceKind, ...]
    """In the order in which they count."""
    measures: str
    """What is measured, in words: `time from the call to the last sound above -60 dBFS`."""
    unit: str
    """Unit that a measurement of this clause must have."""
    timing: bool
    """Whether a time or a rate is measured, which a disturbed machine makes worthless."""
    only_worse_under_load: bool = False
    """Whether load can only take the value further from what is asked, so that a PASS counts under
    it: a time with a maximum, a share of what was sent with a minimum. It is false where what
    should not be there may get lost, where a value must lie close to another or within what was
    measured, and where buffers that load has filled hide what is looked for."""
    floor: str | None = None
    """Name of the calibration's floor that is shown beside its values: see
    `harness.evidence.floors`."""
    limit: Limit
    limits_under: Mapping[str, Limit] = field(default_factory=dict)
    """By network profile, where another limit than `limit` holds under it."""
    limit_source: str

    def under(self, profile: str) -> Clause:
        """The clause with the limit that holds under a network profile."""
        return replace(self, limit=self.limits_under.get(profile, self.limit))

    @property
    def area(self) -> str:
        """The part of the id before the number."""
        return self.id.rpartition("-")[0]
