"""What a participant's application asked of its SDK: `calls.ndjson`, one call a line.

A call is not its signalling: an SDK may send it late, or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.evidence.clock import Ns
from harness.evidence.json_value import append_line, read_lines

FILE_NAME = "calls.ndjson"


@dataclass(frozen=True, kw_only=True)
class ApplicationCall:
    """One call that is about a track, or about who may have one."""

    at_ns: Ns
    """Monotonic, just before the call."""
    participant: str
    """Identity of whose application called."""
    name: str
    """As the participant's protocol calls it: `mute`, `unsubscribe`, `set_enabled`, `publish` …"""
    track: str | None = None
    """Sid of the track that it is about."""
    details: dict[str, Any] = field(default_factory=dict)
    """What else was asked for: `{"enabled": false}`."""


def append_call(folder: Path, call: ApplicationCall) -> None:
    """Add a call to the record of a participant."""
    append_line(folder / FILE_NAME, call)


def read_calls(attempt: Path) -> tuple[ApplicationCall, ...]:
    """All calls of an attempt's participants, in order of time.

    A last line that was cut is left out. Raises OSError when a file cannot be read, ValueError when
    another line cannot be.
    """
    files = sorted(attempt.glob(f"*/{FILE_NAME}"))
    calls = [call for file in files for call in read_lines(file, ApplicationCall)]
    return tuple(sorted(calls, key=lambda call: call.at_ns))
