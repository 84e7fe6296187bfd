"""The record of what a moderator asked of the server API: `moderator.ndjson`, one call a line."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.evidence.clock import Ns
from harness.evidence.json_value import append_line, read_lines

FILE_NAME = "moderator.ndjson"


@dataclass(frozen=True, kw_only=True)
class ModeratorCall:
    """One call, whatever the server answered."""

    at_ns: Ns
    """Just before the call."""
    name: str
    """Of RoomService, as the SDK calls it: `mute_published_track`, `update_participant` …"""
    identity: str | None = None
    """Whom it is about; None: the room."""
    sids: tuple[str, ...] = ()
    """Of the tracks that it is about."""
    details: dict[str, Any] = field(default_factory=dict)
    """What was asked for: `{"muted": true}`."""


def append_call(folder: Path, call: ModeratorCall) -> None:
    """Add a call to the record of an attempt."""
    append_line(folder / FILE_NAME, call)


def read_calls(folder: Path) -> tuple[ModeratorCall, ...]:
    """All calls of an attempt, in order of time; nothing where there was no moderator.

    A last line that was cut is left out. Raises ValueError when another one cannot be read.
    """
    return read_lines(folder / FILE_NAME, ModeratorCall)
