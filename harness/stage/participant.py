"""A participant, as a scenario holds it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

from harness.evidence.clock import now_ns
from harness.evidence.recording import AudioRecording
from harness.evidence.sdk_event import SdkEvent
from harness.participant.handle import ParticipantHandle
from harness.participant.protocol import (
    Health,
    Permission,
    PublicationState,
    Published,
    PublishOptions,
)
from harness.signals.generator import SoundSignal
from harness.signals.picture import ColourCode
from harness.stage.guest_track import GuestTrack
from harness.stage.publication import Publication
from harness.stage.received import Received

Signal = TypeVar("Signal", bound=SoundSignal | ColourCode)


class Participant:
    """One synthetic participant that has joined the room of the stage."""

    def __init__(self, handle: ParticipantHandle, *, identity: str) -> None:
        self.identity = identity
        self.handle = handle
        self.join_ns = 0
        """When its SDK's connect was called, monotonic; 0 until it has joined."""
        self.health: dict[str, float | None] | None = None
        """How well it kept up; None until it has left."""
        self.last_statistics: list[dict[str, Any]] = []
        """What its SDK counted when it left, or was about to be removed."""
        self._to_be_removed = False
        self._published = 0

    @property
    def has_left(self) -> bool:
        """Whether it has left the room, or was killed."""
        return self.health is not None

    @property
    def events(self) -> list[SdkEvent]:
        """What its SDK has told so far; grows while the stage runs."""
        return self.handle.events

    async def publish(
        self, signal: Signal, *, name: str | None = None, options: PublishOptions | None = None
    ) -> Publication[Signal]:
        """Publish a sound or a picture; files are named after `name`."""
        self._published += 1
        name = (
            name or f"{'picture' if isinstance(signal, ColourCode) else 'sound'}{self._published}"
        )
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

    async def hold(self, signal: SoundSignal | ColourCode) -> Published:
        """Create a source and a track of it and feed them, and publish nothing."""
        return await self.handle.publish(name="held", signal=signal, hold=True)

    def published(
        self, signal: Signal, *, name: str, sid: str, start_ns: int, sent: str | Path
    ) -> Publication[Signal]:
        """What a probe in this participant has published by itself, for others to record.

        Args:
            signal: What it sends.
            name: Of the track; recordings are named after it.
            sid: Of the publication.
            start_ns: Capture time of sample or picture 0, monotonic.
            sent: File of what was handed over, where there is one: see `harness.evidence.sent`.
        """
        return Publication(
            publisher=self.identity, sid=sid, name=name, signal=signal,
            published_ns=start_ns, start_ns=start_ns, sent=Path(sent), handle=self.handle,
        )  # fmt: skip

    async def probe(self, file: str | Path, function: str, **args: Any) -> Any:  # noqa: ANN401
        """Call a function of a Python file in this participant; returns its result, through JSON.

        For bare SDK calls on a live room: a function with a parameter `room` is given it.
        """
        return await self.handle.probe(Path(file), function, args)

    async def record(
        self,
        *publications: Publication[Any] | GuestTrack,
        sample_rate: int = 48_000,
        channels: int = 1,
        keep_every: int = 0,
    ) -> Received:
        """Record what arrives of some publications, from now until the stage closes.

        Args:
            publications: Sounds and pictures, of participants and of guests.
            sample_rate: Of sounds, samples a second.
            channels: Of sounds.
            keep_every: Keep the first picture and each n-th after it whole, up to 64 MiB a
                track, so that its quality can be measured; 0: none.
        """
        recordings = await asyncio.gather(
            *(
                self.handle.record(
                    p.sid,
                    name=f"{p.publisher}-{p.name}",
                    sample_rate=sample_rate,
                    channels=channels,
                    keep_every=keep_every,
                )
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

    async def set_quality(
        self, publication: Publication[Any], quality: Literal["low", "medium", "high"]
    ) -> int:
        """Ask for no more than a quality of a simulcast track; monotonic ns of the SDK call."""
        return await self.handle.set_quality(publication.sid, quality)

    async def set_dimensions(self, publication: Publication[Any], width: int, height: int) -> int:
        """Say how large a picture is shown, in pixels; monotonic ns of the SDK call."""
        return await self.handle.set_dimensions(publication.sid, width, height)

    async def set_enabled(self, publication: Publication[Any], enabled: bool) -> int:
        """Say whether media of a subscribed track is wanted; monotonic ns of the SDK call."""
        return await self.handle.set_enabled(publication.sid, enabled)

    async def allow_all(self) -> int:
        """Let everybody subscribe to its tracks; returns the monotonic ns of the SDK call."""
        return await self.handle.set_permissions(True, [])

    async def allow_only(
        self,
        *identities: str,
        tracks: Mapping[str, Sequence[Publication[Any]]] | None = None,
    ) -> int:
        """Let only these subscribe; returns the monotonic ns of the SDK call.

        Args:
            identities: Who may subscribe to everything.
            tracks: Who may subscribe to what.
        """
        everything = [Permission(identity=identity, allow_all=True) for identity in identities]
        some = [
            Permission(identity=identity, sids=tuple(p.sid for p in publications))
            for identity, publications in (tracks or {}).items()
        ]
        return await self.handle.set_permissions(False, [*everything, *some])

    async def deny_all(self) -> int:
        """Let nobody subscribe to its tracks; returns the monotonic ns of the SDK call."""
        return await self.allow_only()

    async def publications(self) -> list[PublicationState]:
        """What its SDK says is there."""
        return await self.handle.publications()

    async def statistics(self) -> list[dict[str, Any]]:
        """What its SDK counts: `get_rtc_stats`, as JSON."""
        return await self.handle.statistics()

    async def leave(self) -> int:
        """Leave the room, recordings completed; returns the monotonic ns at which it began to."""
        if not self._to_be_removed:
            self.last_statistics = await self.statistics()
        at_ns = now_ns()
        self.health = _figures(await self.handle.leave())
        return at_ns

    async def prepare_removal(self) -> None:
        """Keep the statistics of a room that its SDK will have closed when it leaves."""
        self.last_statistics = await self.statistics()
        self._to_be_removed = True

    async def kill(self) -> int:
        """End its process at once, as a crash would; returns the monotonic ns just before.

        Its recordings may lack their end.
        """
        if not self._to_be_removed:
            self.last_statistics = await self.statistics()
        self.health = _figures(await self.handle.health())
        at_ns = now_ns()
        self.handle.kill()
        return at_ns

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
            monitor=self._monitor(published),
        )

    def _monitor(self, published: Published) -> AudioRecording | None:
        """Of a sound; what monitors a picture is read from its file."""
        if published.monitor is None or published.kind == "video":
            return None
        return AudioRecording(
            path=Path(published.monitor),
            subscriber=self.identity,
            publisher=self.identity,
            track=published.sid or "",
        )


def _figures(health: Health) -> dict[str, float | None]:
    due = health.handovers + health.skipped
    return {
        "loop_lag_p99_ms": health.loop_lag_p99_ms,
        "late_handover_ratio": (health.late + health.skipped) / due if due else None,
        "handovers": float(health.handovers),
        "skipped_handovers": float(health.skipped),
        "cpu_ratio": health.cpu_ratio,
    }
