"""Feeding signals into the SDK's sources, on an absolute schedule.

Sound goes into a source without a queue unless asked otherwise: the hand-over of a frame is then
its capture, known to the microsecond, and nothing ever inserts silence. A stall of this process
shows as late packets, as on a network, and in the health figures. With a queue, a native thread
takes 10 ms every 10 ms and inserts zeros where there is nothing: hand-overs then run ahead.

Pictures are captured once per slot, never two in a millisecond; a slot that was missed stays empty.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Generic, TypeVar

from livekit import rtc

from harness.evidence.clock import NS_PER_MS, NS_PER_S, now_ns
from harness.participant.capture import capture
from harness.participant.health import HealthMonitor
from harness.participant.protocol import PublishOptions
from harness.participant.schedule import SOUND_FRAME_MS, PictureSchedule, SoundSchedule
from harness.participant.sent_file import SentFile
from harness.signals.generator import SoundSignal, generator_of
from harness.signals.picture import ColourCode, PictureWriter

LEAD_NS = 5 * NS_PER_MS
"""From the making of a source to its first frame."""

PictureSource = rtc.VideoSource | rtc.EncodedVideoSource
AnySource = TypeVar("AnySource", bound=rtc.AudioSource | PictureSource)
AnyPictureSource = TypeVar("AnyPictureSource", bound=PictureSource)


class SourceFeed(Generic[AnySource]):
    """A source that is fed, and the file of what it was given."""

    def __init__(self, source: AnySource, *, sent: Path, health: HealthMonitor) -> None:
        self.source = source
        self.path = sent
        self._sent = SentFile(sent)
        self._health = health

    def sync(self) -> None:
        """Bring the hand-overs so far to the disk."""
        self._sent.sync()

    def close_file(self) -> None:
        """Complete the file of hand-overs."""
        self._sent.close()

    async def close(self) -> None:
        """Close source and file, after `run` has ended."""
        self._sent.close()
        await self.source.aclose()


class PictureSourceFeed(SourceFeed[AnyPictureSource]):
    """A source that is fed pictures on a schedule. Their numbers begin at 1: 0 means unset."""

    def __init__(
        self, source: AnyPictureSource, *, fps: float, sent: Path, health: HealthMonitor
    ) -> None:
        super().__init__(source, sent=sent, health=health)
        self.schedule = PictureSchedule(start_ns=now_ns() + LEAD_NS, fps=fps)

    def track(self, name: str) -> rtc.LocalVideoTrack:
        """A new local track of the source."""
        return rtc.LocalVideoTrack.create_video_track(name, self.source)

    def _following(self, number: int, at_ns: int) -> int:
        """Which picture is next, after one that was handed over."""
        following = self.schedule.after(number, at_ns)
        late_ns = at_ns - self.schedule.due_ns(number)
        self._health.handed_over(late_ns, skipped=following - number - 1)
        return following


class SoundFeed(SourceFeed[rtc.AudioSource]):
    """A sound that is fed into one audio source; any number of tracks may be made of it."""

    def __init__(
        self, sound: SoundSignal, options: PublishOptions, *, sent: Path, health: HealthMonitor
    ) -> None:
        self._sound, self._generator = sound, generator_of(sound)
        self._frame_samples = sound.sample_rate * SOUND_FRAME_MS // 1000
        self._queued = options.queue_size_ms > 0
        source = rtc.AudioSource(
            sound.sample_rate, sound.channels, queue_size_ms=options.queue_size_ms
        )
        super().__init__(source, sent=sent, health=health)
        prefill_ms = min(options.prefill_ms, options.queue_size_ms)
        self.schedule = SoundSchedule(start_ns=now_ns() + LEAD_NS, prefill_ms=prefill_ms)

    def track(self, name: str) -> rtc.LocalAudioTrack:
        """A new local track of the source."""
        return rtc.LocalAudioTrack.create_audio_track(name, self.source)

    async def run(self) -> None:
        """Feed until cancelled."""
        frame = 0
        while True:
            await sleep_until(self.schedule.due_ns(frame))
            skipped = self.schedule.skip(frame, now_ns())
            frame += skipped
            captured = self._frame(frame)
            at_ns = now_ns()
            self._sent.append(frame * self._frame_samples, at_ns)
            if self._queued:
                await self.source.capture_frame(captured)
            else:
                capture(self.source, captured)
            self._health.handed_over(at_ns - self.schedule.due_ns(frame), skipped=skipped)
            frame += 1

    def _frame(self, frame: int) -> rtc.AudioFrame:
        sound, size = self._sound, self._frame_samples
        samples = self._generator.samples(frame * size, (frame + 1) * size)
        return rtc.AudioFrame(samples.tobytes(), sound.sample_rate, sound.channels, size)


class PictureFeed(PictureSourceFeed[rtc.VideoSource]):
    """A colour code that is fed into one video source."""

    def __init__(
        self, picture: ColourCode, options: PublishOptions, *, sent: Path, health: HealthMonitor
    ) -> None:
        self._picture = picture
        self._writer = PictureWriter(picture)
        self._metadata = options.frame_metadata
        source = rtc.VideoSource(
            picture.width,
            picture.height,
            is_screencast=options.source == "screenshare",
        )
        super().__init__(source, fps=picture.fps, sent=sent, health=health)

    async def run(self) -> None:
        """Feed until cancelled. A picture is drawn before it is due and captured when it is."""
        counter = 1
        while True:
            picture = self._frame(counter)
            await sleep_until(self.schedule.due_ns(counter))
            at_ns = now_ns()
            self._sent.append(counter, at_ns)
            metadata = self._frame_metadata(counter, at_ns) if self._metadata else None
            self.source.capture_frame(picture, metadata=metadata)
            counter = self._following(counter, at_ns)

    def _frame(self, counter: int) -> rtc.VideoFrame:
        width, height = self._picture.width, self._picture.height
        pixels = self._writer.frame(counter).data
        return rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, pixels)

    def _frame_metadata(self, counter: int, at_ns: int) -> rtc.FrameMetadata:
        return rtc.FrameMetadata(user_timestamp=at_ns // 1000, frame_id=counter)


Feed = SoundFeed | PictureFeed


async def sleep_until(due_ns: int) -> None:
    """Sleep until a time of the clock; not at all when it is past."""
    await asyncio.sleep(max(0, due_ns - now_ns()) / NS_PER_S)
