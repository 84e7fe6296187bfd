"""What a run was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.judging.gate import GATE, Gate
from harness.run.proving import Proving
from harness.sabotage.sabotage import Sabotage
from harness.server.choose import Wanted


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """The `--lk-…` options of pytest, checked."""

    seed: int
    reports: Path
    """Folder that run folders are made in."""
    command: tuple[str, ...]
    """What was called, for the report."""
    server: Wanted
    """Where livekit-server is to come from."""
    sabotage: Sabotage | None = None
    """In force in all of the run."""
    proving: Proving | None = None
    """What the run is to prove, in place of judging."""
    gate: Gate = GATE
    """What decides the exit code."""
    load: str = ""
    """What else the machine does on purpose meanwhile; empty for nothing."""
    catalogues: tuple[Path, ...] = ()
    """The user's own, beside the shipped one."""
    deviations: tuple[Path, ...] = ()
    """Lists of known deviations."""
    part_of: Path | None = None
    """Run folder of the main process, where this is one of several (pytest-xdist)."""
    worker: str = ""
    """Name of this process among several."""
