"""Reading back what a run wrote, however it ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from harness.evidence.run_event import (
    RunEvent,
    RunFinished,
    RunStarted,
    UnknownEventError,
    decode,
    event_files,
)
from harness.evidence.run_folder import RunFolderError

_Event = TypeVar("_Event")


@dataclass(frozen=True, kw_only=True)
class RunEvents:
    """The events of all writers of a run folder, in order of time."""

    events: tuple[RunEvent, ...]
    problems: tuple[str, ...] = ()
    """A sentence each: lines that cannot be read, files that hold less than was written."""
    unknown: Mapping[str, int] = field(default_factory=dict)
    """Kinds of a newer version that were kept out, with their numbers."""

    def of(self, kind: type[_Event]) -> list[_Event]:
        """The events of one kind, in order of time."""
        return [event for event in self.events if isinstance(event, kind)]


def read_events(folder: Path) -> RunEvents:
    """Read the event files of a run folder; what is cut, damaged or gone is reported, not fatal.

    Raises RunFolderError when `folder` has no event file.
    """
    files = event_files(folder)
    if not files:
        raise RunFolderError(f"{folder} is not the folder of a run: there is no events.ndjson")
    events: list[RunEvent] = []
    problems: list[str] = []
    unknown: Counter[str] = Counter()
    held = {file.name: _read_file(file, events, problems, unknown) for file in files}
    for event in events:
        if isinstance(event, RunFinished):
            problems += _lost(event.written, held)
    events.sort(key=lambda event: event.at_ns)
    return RunEvents(events=tuple(events), problems=tuple(problems), unknown=dict(unknown))


def count_events(folder: Path) -> dict[str, int]:
    """How many events each file of a run folder holds, by its name, those too that are damaged.

    Raises RunFolderError when a file cannot be read.
    """
    files = event_files(folder)
    return {file.name: sum(bool(line.strip()) for line in _lines(file)) for file in files}


def read_start(folder: Path) -> RunStarted | None:
    """The start of a run, which is the first line of a writer, or None where no file begins so.

    Raises RunFolderError when a file cannot be read.
    """
    for file in event_files(folder):
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


def _lines(file: Path) -> list[bytes]:
    try:
        return file.read_bytes().split(b"\n")
    except OSError as error:
        raise RunFolderError(f"cannot read {file}: {error.strerror}") from None


def _lost(written: Mapping[str, int], held: Mapping[str, int]) -> list[str]:
    """What was written and is not there; more than was written is no loss."""
    return [
        f"{name} holds {held[name]} of its {number} events"
        if name in held
        else f"{name} is gone with its {number} events"
        for name, number in written.items()
        if held.get(name, 0) < number
    ]


def _read_file(
    file: Path, events: list[RunEvent], problems: list[str], unknown: Counter[str]
) -> int:
    """Returns how many events the file holds, whether they can be read or not."""
    held = 0
    lines = _lines(file)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        held += 1
        try:
            events.append(decode(line))
        except UnknownEventError as kind:
            unknown[str(kind)] += 1
        except ValueError as error:
            cut = number == len(lines)
            what = "the last line was cut" if cut else f"cannot be read: {error}"
            problems.append(f"{file.name}, line {number}: {what}")
    return held
