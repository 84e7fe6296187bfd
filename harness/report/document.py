"""What `results.json` holds, as types: written by `results`, published as docs/results.schema.json.

Under one schema number keys are only ever added. One that goes, or changes its meaning or its type,
raises the number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from harness.clauses.model import Level
from harness.evidence.finding import Finding
from harness.judging.deviations import Deviation
from harness.judging.outcome import Coverage
from harness.report.model import RunState

SCHEMA: Final = 1


@dataclass(frozen=True, kw_only=True)
class Floor:
    """What this machine measures where there is nothing to measure."""

    value: float | None
    unit: str
    interval: tuple[float, float] | None
    rests_on: int
    """How many samples, frames or packets the value was computed from."""
    missing: str | None
    """Why there is no value."""


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """What could be measured at a time."""

    when: str
    """`before` the first attempt at a time, or `after` the last attempt."""
    tries: int
    took_s: float
    disturbance: str | None
    """Why the floors cannot be trusted, or null."""
    clock_offset_ms: tuple[float, float] | None
    """Where the offset of another process's clock lies; it holds 0 where there is one clock."""
    clock_resolution_ns: float | None
    floors: dict[str, Floor]
    health: dict[str, dict[str, float | None]]
    """Load while the floors were measured: figures by who reported them."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """Where the findings come from. What is null was not known: the run was killed too soon."""

    name: str
    """Of its folder, which begins with its date."""
    state: RunState
    complete: bool
    """Whether it came to its own end, no scenario was cut, and all of its record can be read."""
    conformant: bool
    """Whether it is complete, nothing failed and nothing that must hold is open, whatever gates.

    Never of a proof, which judges no deployment.
    """
    headline: str
    """The result in two or three words."""
    why: str
    """The sentence under the headline."""
    exit_code: int | None
    """Of the process; null: it was killed, or still runs. Of what is not complete, 11 and not 0."""
    gate: str | None
    """Which levels, areas and clauses decide the exit code: see docs/how-to/gate.md."""
    versions: dict[str, str]
    """Of `livekit-server`, `livekit` (the SDK), `livekit-harness` and what else counts."""
    seed: int | None
    backend: str | None
    """Where livekit-server came from."""
    command: tuple[str, ...] | None
    machine: dict[str, str]
    sabotage: str | None
    """What was broken on purpose in all of it; `proof` where it proves that clauses can fail."""
    started: str | None
    """Wall clock, UTC, ISO 8601."""
    duration_s: float
    calibrations: tuple[Calibration, ...]
    notes: tuple[str, ...]
    """What a reader must know about the whole run."""
    problems: tuple[str, ...]
    """What could not be read of the run's record."""


@dataclass(frozen=True, kw_only=True)
class ClauseRow:
    """A clause of the catalogue, judged or not."""

    statement: str
    level: Level
    source: str
    claims: tuple[int, ...]
    """Numbers of the documentation's claims that it decides."""


@dataclass(frozen=True, kw_only=True)
class CutRow:
    """A scenario that began and has clauses without a finding: the run ended in the middle."""

    scenario: str
    profile: str
    clauses: tuple[str, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class Results:
    """One run of livekit-harness: all findings, and what is needed to understand them."""

    schema: Literal[1]
    """Under one number keys are only added."""
    run: Run
    summary: dict[str, int]
    """Findings by verdict; each verdict is there. A known deviation counts as FAIL."""
    coverage: Coverage
    findings: tuple[Finding, ...]
    """One for each clause in each scenario under each profile, sorted by clause and scenario."""
    cut: tuple[CutRow, ...]
    clauses: dict[str, ClauseRow]
    """The catalogue of the run, by id."""
    deviations: tuple[Deviation, ...]
    """The known deviations of the run, those that expired too."""
