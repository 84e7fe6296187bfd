"""What happens in a run, as it is appended to the run folder.

Each event is one line of JSON: `{"event": "finding", "at_ns": …, …}`. A reader of an older version
keeps out the kinds that it does not know and ignores fields that were added.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from harness.evidence.clock import Ns
from harness.evidence.finding import CLEAN, Attempt, Cell, Finding, Verdict
from harness.evidence.json_value import read_json
from harness.evidence.measurement import Measurement

PROOF = "proof"
"""In place of a sabotage's name; no sabotage is called so."""


@dataclass(frozen=True, kw_only=True)
class PlannedCell:
    """A scenario that is to be played in this run, under one profile and one sabotage."""

    scenario: str
    profile: str = CLEAN
    sabotage: str | None = None
    beside: bool = False
    """Whether its first attempt may run beside others on the machine."""


@dataclass(frozen=True, kw_only=True)
class NetworkTold:
    """A network profile of the run in words, so that a report needs no file of it."""

    name: str
    """As cells have it: a name, or the path of a user's own file."""
    title: str
    cite: str
    """Where its numbers come from."""
    timeline: tuple[str, ...]
    """What holds from when on, a line each, indented below its phase."""


@dataclass(frozen=True, kw_only=True)
class RunStarted:
    """The first event of a run: all that a report says about where it comes from."""

    at_ns: Ns
    started: str
    """Wall clock at `at_ns`, UTC, ISO 8601: the bridge from monotonic times to a date."""
    seed: int
    backend: str
    command: tuple[str, ...]
    machine: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    sabotage: str | None = None
    """Name of that of the whole run, PROOF where scenarios are played under many."""
    breaks: str = ""
    """What that of the whole run breaks, in a sentence."""
    sabotages: tuple[dict[str, Any], ...] = ()
    """Those of a proof, as they were."""
    canary: bool = False
    """Whether one hidden sabotage was to be played."""
    whole_proof: bool = False
    """Whether those are all, on the scenarios of all clauses."""
    server_options: tuple[str, ...] = ()
    """Options of pytest that get the same server."""
    gate: str = ""
    """What decides the exit code, as it was asked for; empty for what does without asking."""
    cells: tuple[PlannedCell, ...] = ()
    """What is to be played, by all processes of the run; a canary is not told of."""
    networks: tuple[NetworkTold, ...] = ()
    """What the cells are played under, each once, by name."""
    clauses: tuple[dict[str, Any], ...] = ()
    """The catalogue as it was, so that a report needs nothing but the run folder."""
    long_clauses: tuple[str, ...] = ()
    """Ids of those that scenarios ask about which take minutes, and were left out."""
    own_clauses: tuple[str, ...] = ()
    """Ids of those that are the user's own."""
    deviations: tuple[dict[str, Any], ...] = ()
    """The known deviations as they were."""


@dataclass(frozen=True, kw_only=True)
class VersionSeen:
    """The version of something that the run found out on the way, for example `livekit-server`."""

    at_ns: Ns
    name: str
    version: str


@dataclass(frozen=True, kw_only=True)
class CalibrationDone:
    """What this machine can measure: floors by name, and whether it is disturbed already."""

    at_ns: Ns
    when: str = "before"
    """`before` the first attempt at a time, or `after` the last attempt."""
    tries: int = 1
    """How often it was measured: again while the machine was disturbed."""
    took_s: float = 0.0
    floors: dict[str, Measurement] = field(default_factory=dict)
    clock_offset_ms: tuple[float, float] | None = None
    """Where the offset of another process's clock lies; it holds 0 where there is one clock."""
    clock_resolution_ns: float | None = None
    health: dict[str, dict[str, float | None]] = field(default_factory=dict)
    """Load while the floors were measured: figures by who reported them."""
    disturbance: str | None = None
    """Why the floors cannot be trusted, after the last try."""


@dataclass(frozen=True, kw_only=True)
class AttemptStarted:
    """An attempt begins; one that never finishes was cut.

    Number 0 is no attempt yet: the scenario has its turn, and waits for a server, for the machine.
    """

    at_ns: Ns
    scenario: str
    number: int
    cell: Cell
    folder: str
    clauses: tuple[str, ...] = ()
    """Ids of the clauses that the attempt is to judge."""


@dataclass(frozen=True, kw_only=True)
class AttemptFinished:
    """An attempt is over and judged."""

    at_ns: Ns
    attempt: Attempt


@dataclass(frozen=True, kw_only=True)
class FindingMade:
    """All attempts at a clause in a cell are over."""

    at_ns: Ns
    finding: Finding


@dataclass(frozen=True, kw_only=True)
class CanaryDone:
    """What became of the one hidden sabotage of a run: FAIL is what must be said of the clause."""

    at_ns: Ns
    sabotage: str
    clause: str
    scenario: str
    verdict: Verdict
    reason: str


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something that a reader of the report must know about the whole run."""

    at_ns: Ns
    text: str


@dataclass(frozen=True, kw_only=True)
class RunFinished:
    """The last event. A folder without it is of a run that was killed or still runs."""

    at_ns: Ns
    exit_code: int
    reason: str
    waited_s: float = 0.0
    """Of its time, how long other runs had the machine; 0 also of a run of several processes."""
    written: dict[str, int] = field(default_factory=dict)
    """Events of each file of the run, by its name, this one counted: what a whole record holds.

    Empty: an older version did not say.
    """


RunEvent = (
    RunStarted
    | VersionSeen
    | CalibrationDone
    | AttemptStarted
    | AttemptFinished
    | FindingMade
    | CanaryDone
    | Note
    | RunFinished
)
KINDS: dict[str, type[RunEvent]] = {
    "run_started": RunStarted,
    "version_seen": VersionSeen,
    "calibration_done": CalibrationDone,
    "attempt_started": AttemptStarted,
    "attempt_finished": AttemptFinished,
    "finding": FindingMade,
    "canary_done": CanaryDone,
    "note": Note,
    "run_finished": RunFinished,
}
_NAMES = {kind: name for name, kind in KINDS.items()}


@dataclass(frozen=True, kw_only=True)
class _Kind:
    event: str


_KIND = msgspec.json.Decoder(_Kind)
_DECODERS = {name: msgspec.json.Decoder(kind) for name, kind in KINDS.items()}


class UnknownEventError(ValueError):
    """A line holds an event of a kind that this version does not know; the text is the kind."""


def event_files(folder: Path) -> list[Path]:
    """The files of a run folder that hold events, one of each process that wrote any."""
    return sorted(folder.glob("events*.ndjson"))


def encode(event: RunEvent) -> bytes:
    """One line of JSON, with its line end. Not-a-number and infinity become null."""
    fields = {"event": _NAMES[type(event)], **msgspec.to_builtins(event)}
    try:
        return msgspec.json.encode(fields) + b"\n"
    except UnicodeEncodeError:  # half a surrogate pair in a text that came from outside
        return msgspec.json.encode(_without_surrogates(fields)) + b"\n"


def decode(line: bytes) -> RunEvent:
    """The event of one line.

    Raises UnknownEventError for a kind of a newer version, ValueError for anything else that is
    no event.
    """
    try:
        name = read_json(line, _KIND).event
        event = read_json(line, _DECODERS[name]) if name in _DECODERS else None
    except ValueError as error:
        raise ValueError(f"not an event: {error}") from None
    if event is None:
        raise UnknownEventError(name)
    return event


def _without_surrogates(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", errors="replace").decode("utf-8")
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(item) for item in value]
    return value
