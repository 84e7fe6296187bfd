"""The findings of all runs of a reports folder.

Those that still have a folder are read from their `results.json`, older ones from the history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from harness.evidence.finding import Finding
from harness.evidence.history import HISTORY, LOAD, History, PastRun, read_history
from harness.evidence.json_value import read_json
from harness.evidence.run_events import read_start
from harness.evidence.run_folder import RunFolderError, owner_of, run_folders
from harness.report.document import SCHEMA
from harness.report.model import RunState

_STILL_RUNS = "still runs"
_OUTDATED = "results.json was made while it ran; `livekit-harness report` makes it anew"
_NO_START = "its events.ndjson cannot be read: there is no start of a run; remove the folder"


@dataclass(frozen=True, kw_only=True)
class StoredRun:
    """What one run found."""

    folder: Path
    load: str = ""
    """What else the machine did on purpose; empty for nothing."""
    findings: tuple[Finding, ...]

    def about(self, clause: str) -> tuple[Finding, ...]:
        """Its findings about one clause."""
        return tuple(finding for finding in self.findings if finding.clause == clause)

    @property
    def name(self) -> str:
        """That of its folder, which begins with its date."""
        return self.folder.name


@dataclass(frozen=True, kw_only=True)
class StoredRuns:
    """The runs of a reports folder, oldest first, and those that cannot be counted."""

    runs: tuple[StoredRun, ...]
    """Those that have a folder."""
    skipped: Mapping[str, str]
    """Name of the folder, and why."""
    earlier: tuple[PastRun, ...] = ()
    """Those whose folders made room for newer ones."""
    damaged: int = 0
    """Lines of the history that cannot be read."""

    @property
    def verdicts(self) -> tuple[PastRun, ...]:
        """What all of them found."""
        return (
            *self.earlier,
            *(PastRun(name=run.name, load=run.load, findings=run.findings) for run in self.runs),
        )

    @property
    def last(self) -> dict[str, StoredRun]:
        """The newest run about each clause that any of them has a finding about."""
        return {finding.clause: run for run in self.runs for finding in run.findings}


class _Run(msgspec.Struct, frozen=True):
    state: RunState
    sabotage: str | None = None
    machine: dict[str, str] = msgspec.field(default_factory=dict)


class _Results(msgspec.Struct, frozen=True):
    schema: int
    run: _Run
    findings: tuple[Finding, ...]


def stored_runs(reports: Path) -> StoredRuns:
    """Read the runs under a folder; one that is broken, sabotaged or still runs is skipped.

    A run that was killed counts with what it had found, once it has been reported: `pytest` does so
    when the next run begins.
    """
    runs: list[StoredRun] = []
    skipped: dict[str, str] = {}
    decoder = msgspec.json.Decoder(_Results)
    for folder in run_folders(reports):
        try:
            results = read_json((folder / "results.json").read_bytes(), decoder)
        except FileNotFoundError:
            skipped[folder.name] = _unreported(folder)
        except (OSError, ValueError) as error:
            skipped[folder.name] = f"results.json cannot be read: {error}"
        else:
            if results.schema != SCHEMA:
                skipped[folder.name] = f"results.json is of schema {results.schema}, not {SCHEMA}"
            elif results.run.sabotage:
                skipped[folder.name] = f"sabotage {results.run.sabotage}"
            elif not _has_start(folder):
                skipped[folder.name] = _NO_START
            elif results.run.state is RunState.RUNNING:
                skipped[folder.name] = _STILL_RUNS if _runs(folder) else _OUTDATED
            else:
                load = results.run.machine.get(LOAD, "")
                runs.append(StoredRun(folder=folder, load=load, findings=results.findings))
    history = History()
    try:
        history = read_history(reports)
    except OSError as error:
        skipped[HISTORY] = f"cannot be read: {error.strerror}"
    stored = {*skipped, *(run.name for run in runs)}
    return StoredRuns(
        runs=tuple(runs),
        skipped=skipped,
        earlier=tuple(run for run in history.runs if run.name not in stored),
        damaged=history.damaged,
    )


def _unreported(folder: Path) -> str:
    if _runs(folder):
        return _STILL_RUNS
    if not _has_start(folder):
        return _NO_START
    return "no results.json yet; `livekit-harness report` makes it"


def _runs(folder: Path) -> bool:
    owner = owner_of(folder)
    return owner is not None and owner.alive()


def _has_start(folder: Path) -> bool:
    try:
        return read_start(folder) is not None
    except RunFolderError:
        return False
