"""Earlier runs that a run is shown beside: their results lie in its folder as `baseline.json`."""

from __future__ import annotations

from collections.abc import Sequence
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


def read_baseline(folder: Path) -> tuple[Results, ...]:
    """The runs that were kept, oldest first; none where none were.

    Raises RunFolderError when the file cannot be read.
    """
    file = folder / BASELINE
    try:
        base = read_json(file.read_bytes(), _DECODER)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        raise RunFolderError(
            f"{file} cannot be read: {error}; `livekit-harness report --baseline` makes it anew"
        ) from None
    for results in base:
        require_limits(results, file)
    return base
