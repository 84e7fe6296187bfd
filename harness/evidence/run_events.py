"""Reading back what a run wrote, however it ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from harness.evidence.run_event import RunEvent, RunStarted, UnknownEventError, decode
from harness.evidence.run_folder import RunFolderError

_Event = TypeVar("_Event")


@dataclass(frozen=True, kw_only=True)
class RunEvents:
    """The events of all writers of a run folder, in order of time."""

    events: tuple[RunEvent, ...]
    problems: tuple[str, ...] = ()
    """Lines that could not be read, a sentence each: a cut last line, a damaged one."""
    unknown: Mapping[str, int] = field(default_factory=dict)
    """Kinds of a newer version that were kept out, with their numbers."""

    def of(self, kind: type[_Event]) -> list[_Event]:
        """The events of one kind, in order of time."""
        return [event for event in self.events if isinstance(event, kind)]


def read_events(folder: Path) -> RunEvents:
    """Read the event files of a run folder; what is cut or damaged is reported, not fatal.

    Raises RunFolderError when `folder` has no event file.
    """
    files = sorted(folder.glob("events*.ndjson"))
    if not files:
        raise RunFolderError(f"{folder} is not the folder of a run: there is no events.ndjson")
    events: list[RunEvent] = []
    problems: list[str] = []
    unknown: Counter[str] = Counter()
    for file in files:
        _read_file(file, events, problems, unknown)
    events.sort(key=lambda event: event.at_ns)
    return RunEvents(events=tuple(events), problems=tuple(problems), unknown=dict(unknown))


def read_start(folder: Path) -> RunStarted | None:
    """The start of a run, which is the first line of a writer, or None where no file begins so.

    Raises RunFolderError when a file cannot be read.
    """
    for file in sorted(folder.glob("events*.ndjson")):
        try:
            with file.open("rb") as lines:
                event = decode(next(lines, b""))
        except OSError as error:
            raise RunFolderError(f"cannot read {file}: {error.strerror}") from None
        except ValueError:
            continue
        if isinstance(event, RunStarted):
            return event
    return None


def _read_file(
    file: Path, events: list[RunEvent], problems: list[str], unknown: Counter[str]
) -> None:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise RunFolderError(f"cannot read {file}: {error.strerror}") from None
    lines = data.split(b"\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            events.append(decode(line))
        except UnknownEventError as kind:
            unknown[str(kind)] += 1
        except ValueError as error:
            cut = number == len(lines)
            what = "the last line was cut" if cut else f"cannot be read: {error}"
            problems.append(f"{file.name}, line {number}: {what}")
