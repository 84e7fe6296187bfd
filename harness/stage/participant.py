"""A participant, as a scenario holds it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, TypeVar

from harness.evidence.sdk_event import SdkEvent
from harness.participant.handle import ParticipantHandle
from harness.participant.protocol import PublicationState, Published, PublishOptions
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.stage.publication import Publication
from harness.stage.received import Received

Signal = TypeVar("Signal", bound=Tone | ColourCode)


class Participant:
    """One synthetic participant that has joined the room of the stage."""

    def __init__(self, handle: ParticipantHandle, *, identity: str) -> None:
        self.identity = identity
        self.handle = handle
        self._published = 0

    @property
    def events(self) -> list[SdkEvent]:
        """What its SDK has told so far; grows while the stage runs."""
        return self.handle.events

    async def publish(
        self, signal: Signal, *, name: str | None = None, options: PublishOptions | None = None
    ) -> Publication[Signal]:
        """Publish a sound or a picture; files are named after `name`."""
        self._published += 1
        name = name or f"{'sound' if isinstance(signal, Tone) else 'picture'}{self._published}"
        published = await self.handle.publish(
            name=name, signal=signal, options=options or PublishOptions()
        )
        return self._publication(signal, published)

    async def publish_again(self, publication: Publication[Signal]) -> Publication[Signal]:
        """Publish one more track of the source behind a publication."""
        self._published += 1
        published = await self.handle.publish_again(
            name=f"again{self._published}", source_of=publication.name
        )
        return self._publication(publication.signal, published)

    async def hold(self, signal: Tone | ColourCode) -> Published:
        """Create a source and a track of it and feed them, and publish nothing."""
        return await self.handle.publish(name="held", signal=signal, hold=True)

    async def record(self, *publications: Publication[Any], sample_rate: int = 48_000) -> Received:
        """Record what arrives of some publications, from now until the stage closes."""
        recordings = await asyncio.gather(
            *(
                self.handle.record(p.sid, name=f"{p.publisher}-{p.name}", sample_rate=sample_rate)
                for p in publications
            )
        )
        return Received({p.sid: r for p, r in zip(publications, recordings, strict=True)})

    async def subscribe(self, publication: Publication[Any]) -> int:
        """Ask for a publication; returns the monotonic ns of the SDK call."""
        return await self.handle.subscribe(publication.sid)

    async def unsubscribe(self, publication: Publication[Any]) -> int:
        """Do without a publication; returns the monotonic ns of the SDK call."""
        return await self.handle.unsubscribe(publication.sid)

    async def publications(self) -> list[PublicationState]:
        """What its SDK says is there."""
        return await self.handle.publications()

    async def statistics(self) -> list[dict[str, Any]]:
        """What its SDK counts: `get_rtc_stats`, as JSON."""
        return await self.handle.statistics()

    async def leave(self) -> dict[str, float | None]:
        """Leave the room, recordings completed; how well the participant kept up."""
        health = await self.handle.leave()
        return {
            "loop_lag_p99_ms": health.loop_lag_p99_ms,
            "late_handover_ratio": health.late / health.handovers if health.handovers else None,
        }

    async def told(
        self, event: str, publication: Publication[Any] | None = None, *, since_ns: int = 0
    ) -> SdkEvent:
        """Wait until its SDK tells of an event, at most five seconds."""
        track = publication.sid if publication else None
        return await self.handle.wait_for_event(event, track=track, since_ns=since_ns, timeout_s=5)

    def _publication(self, signal: Signal, published: Published) -> Publication[Signal]:
        assert published.sid is not None, "only a track that is held back has no sid"
        return Publication(
            publisher=self.identity,
            sid=published.sid,
            name=published.name,
            signal=signal,
            published_ns=published.at_ns,
            start_ns=published.start_ns,
            sent=Path(published.sent),
            handle=self.handle,
        )
