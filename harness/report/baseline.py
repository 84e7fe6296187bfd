"""Earlier runs that a run is shown beside: their results lie in its folder as `baseline.json`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from harness.evidence.json_value import read_json
from harness.evidence.run_folder import RunFolderError
from harness.report.comparison import read_base, require_limits
from harness.report.document import Results

BASELINE = "baseline.json"
_DECODER = msgspec.json.Decoder(tuple[Results, ...])


def keep_baseline(folder: Path, runs: Sequence[Path]) -> None:
    """Copy the results of earlier runs into the folder of a run.

    Raises RunFolderError when one cannot be read, is that run itself or named twice, or the folder
    cannot be written.
    """
    kept = read_base(runs, folder.resolve().name)
    file = folder / BASELINE
    try:
        file.write_bytes(msgspec.json.encode(kept))
    except OSError as error:
        raise RunFolderError(f"cannot write {file}: {error.strerror}") from None


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """The runs that were kept in the folder of a run."""

    runs: tuple[Results, ...] = ()
    """Oldest first; none where none were kept."""
    problem: str = ""
    """Why they cannot be read; empty where they can."""


def read_baseline(folder: Path) -> Baseline:
    """What was kept in the folder of a run."""
    file = folder / BASELINE
    try:
        base = read_json(file.read_bytes(), _DECODER)
        for results in base:
            require_limits(results, file)
    except FileNotFoundError:
        return Baseline()
    except RunFolderError as error:
        return Baseline(problem=str(error))
    except (OSError, ValueError) as error:
        anew = "`livekit-harness report --baseline` makes it anew"
        return Baseline(problem=f"{file} cannot be read: {error}; {anew}")
    return Baseline(runs=base)
