"""The event files of a run, read on while they are written."""

from __future__ import annotations

from pathlib import Path

from harness.evidence.run_event import RunEvent, UnknownEventError, decode, event_files


class Tail:
    """Reads what was added to the event files of a run folder, which need not be there yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, int] = {}
        self.unreadable = 0
        """Lines so far that hold no event."""

    def read(self) -> list[RunEvent]:
        """The events of all writers since the last call, in order of time; no half lines."""
        events: list[RunEvent] = []
        for file in event_files(self._folder):
            for line in self._lines(file):
                try:
                    events.append(decode(line))
                except UnknownEventError:
                    continue
                except ValueError:
                    self.unreadable += 1
        events.sort(key=lambda event: event.at_ns)
        return events

    def _lines(self, file: Path) -> list[bytes]:
        begin = self._read.get(file, 0)
        try:
            with file.open("rb") as stream:
                stream.seek(begin)
                data = stream.read()
        except OSError:  # looked for again at the next call
            return []
        whole = data[: data.rfind(b"\n") + 1]
        self._read[file] = begin + len(whole)
        return whole.splitlines()
