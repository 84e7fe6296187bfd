"""What an SDK told its application, with the time at which it did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from harness.evidence.clock import Ns


@dataclass(frozen=True, kw_only=True)
class SdkEvent:
    """One event that one participant's SDK emitted."""

    at_ns: Ns
    participant: str
    """Identity of the participant that saw the event."""
    name: str
    """The SDK's own name of the event, for example `track_muted`."""
    subject: str | None = None
    """Identity that the event is about."""
    track: str | None = None
    """Track sid that the event is about."""
    details: dict[str, Any] = field(default_factory=dict)
    """What else the handler was given, as JSON values; `arguments` lists their type names."""
