"""Verdicts: of an attempt, and of a clause in a cell after all its attempts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from harness.evidence.clock import Ns
from harness.evidence.measurement import Measurement, Seen

CLEAN = "clean"
"""The profile that orders nothing."""
CONTROL = "control"
"""In place of a sabotage's name: nothing is broken, to see fail what fails by itself."""


class Verdict(StrEnum):
    """What is said of a clause. INCONCLUSIVE until there is evidence."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    UNSUPPORTED = "UNSUPPORTED"
    INCONCLUSIVE = "INCONCLUSIVE"
    FAIL = "FAIL"
    ERROR = "ERROR"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What a scenario ran as."""

    server: str
    """Version of livekit-server, as the server said it."""
    sdk: dict[str, str] = field(default_factory=dict)
    """Participant identity to SDK and version, for example `python 1.2.0`."""
    profile: str = CLEAN
    seed: int = 0
    sabotage: str | None = None
    """Name of what was broken on purpose, or `CONTROL`."""

    @property
    def is_control(self) -> bool:
        """Whether nothing was broken, to see fail what fails by itself."""
        return self.sabotage == CONTROL


@dataclass(frozen=True, kw_only=True)
class ClauseResult:
    """One clause in one attempt."""

    clause: str
    verdict: Verdict
    reason: str
    """One sentence: what was expected and what was measured, or why nothing was."""
    measurement: Measurement | None = None
    window: tuple[Ns, Ns] | None = None
    """What time was asked about, where the verifier is asked about one; monotonic."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One execution of a scenario in a cell."""

    scenario: str
    """pytest node id."""
    number: int
    """1 for the first attempt."""
    cell: Cell
    folder: str
    """Attempt folder, relative to the run folder."""
    started_ns: Ns
    ended_ns: Ns
    media_s: float
    """Seconds that the stage let media run: the least that this attempt can take."""
    results: tuple[ClauseResult, ...] = ()
    disturbance: str | None = None
    """Why times and rates of this attempt cannot be trusted, or None."""
    health: dict[str, dict[str, float | None]] = field(default_factory=dict)
    """How well participants and machine kept up: figures by who reported them."""
    beside: bool = False
    """Whether another attempt ran on this machine at the same time."""
    error: str | None = None
    """Why the attempt could not run to its end, or None."""
    final: bool = False
    """To try again would change nothing, or hide something: a program died, or the scenario's own
    code broke."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The verdict of one clause in one cell, with what is needed to understand and repeat it."""

    clause: str
    scenario: str
    cell: Cell
    attempts: int
    verdict: Verdict
    reason: str
    tried: bool = True
    """False for an UNSUPPORTED that was said without a check: it is no judgement."""
    measured: float | None = None
    unit: str | None = None
    direction: str | None = None
    """`smaller`, `larger` or `equal`: which way is better."""
    interval: tuple[float, float] | None = None
    limit: dict[str, float] | None = None
    """`{"max": 300}`, `{"min": 1}` or both; `max` = `min` means exactly."""
    floor: float | None = None
    deviation: str | None = None
    """Id of the known deviation that explains a FAIL; with it a PASS is an unexpected one."""
    evidence: tuple[str, ...] = ()
    """Files relative to the run folder."""
    seen: Seen | None = None
    """Where the value can be seen as it is; its file relative to the run folder."""
    window: tuple[Ns, Ns] | None = None
    """What time was judged, monotonic ns of the attempt that speaks; None where none was given."""
    notes: tuple[str, ...] = ()
    """Of the measurement: what a reader must know."""
    remarks: tuple[str, ...] = ()
    """A sentence about each attempt, when there were several."""
    disturbed: bool = False
    """No attempt had a machine that was quiet enough for times and rates."""
