"""A published track, as a scenario holds it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from harness.evidence.recording import AudioRecording
from harness.participant.handle import ParticipantHandle
from harness.signals.generator import SoundSignal
from harness.signals.picture import ColourCode

Signal = TypeVar("Signal", bound=SoundSignal | ColourCode)


@dataclass(frozen=True, kw_only=True)
class Publication(Generic[Signal]):
    """What one participant publishes. Every call returns the monotonic ns of the SDK call."""

    publisher: str
    """Identity of the participant."""
    sid: str
    name: str
    signal: Signal
    published_ns: int
    """When the SDK's publish call was made."""
    start_ns: int
    """Capture time of sample or picture 0."""
    sent: Path
    """What was handed to the SDK, and when."""
    handle: ParticipantHandle
    monitor: AudioRecording | None = None
    """What its own track emits, recorded at the publisher: see `PublishOptions.monitor`."""

    async def mute(self) -> int:
        """Mute the track at its publisher."""
        return await self.handle.mute(self.sid)

    async def unmute(self) -> int:
        """Unmute the track at its publisher."""
        return await self.handle.unmute(self.sid)

    async def unpublish(self) -> int:
        """Take the track back."""
        return await self.handle.unpublish(self.sid)
