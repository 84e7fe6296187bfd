"""Behind every picture over time: what was done to packets, who spoke, and what people did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from harness.evidence.measurement import NoEvidenceError
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.faults import fault_bands
from harness.report.pictures.marks import marks
from harness.report.pictures.speaking import speaking_bands
from harness.report.plots import Band, Mark

_Item = TypeVar("_Item")


@dataclass(frozen=True, kw_only=True)
class Background:
    """Bands and marks over the time of an attempt."""

    bands: tuple[Band, ...]
    marks: tuple[Mark, ...]
    problems: tuple[str, ...]
    """What of it is missing because it cannot be read."""


def background(folder: AttemptFolder) -> Background:
    """That of an attempt; a recording is drawn all the same where it cannot be read."""
    problems: list[str] = []
    return Background(
        bands=(
            *_read(fault_bands, folder, "what was done to packets is not known", problems),
            *_read(speaking_bands, folder, "when somebody spoke is not known", problems),
        ),
        marks=_read(marks, folder, "what participants did is not known", problems),
        problems=tuple(problems),
    )


def why_not(error: Exception, folder: AttemptFolder) -> str:
    """Why something cannot be read, without the way to the run folder."""
    why = error.strerror if isinstance(error, OSError) else str(error)
    return f"{why}".replace(f"{folder.path}/", "")


def _read(
    ask: Callable[[AttemptFolder], tuple[_Item, ...]],
    folder: AttemptFolder,
    without: str,
    problems: list[str],
) -> tuple[_Item, ...]:
    try:
        return ask(folder)
    except (OSError, ValueError, NoEvidenceError) as error:
        problems.append(f"{without}: {why_not(error, folder)}")
        return ()
