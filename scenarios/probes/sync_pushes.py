"""Probes: generated sound and pictures that are pushed through an AVSynchronizer.

Sample n belongs to n / rate and picture k to k / fps of one programme, which begins at sample 0 and
picture 0. The `.sent` files say when each would be due if both began when the first of the two was
pushed and kept their pace; so the skew read from them is that of the programme.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from livekit import rtc

from harness.evidence.clock import NS_PER_S, now_ns
from harness.participant.recording import PictureRecorder, SoundRecorder
from harness.participant.sent_file import SentFile
from harness.participant.supervise import Supervisor
from harness.signals.picture import ColourCode, PictureWriter
from harness.signals.sound import Tone, ToneGenerator

RATE = 48_000
APART_S = 0.3
"""Between the beginnings of programmes: drawing first pictures side by side takes time."""
LEFT_S = 0.5
"""Time that the last frames have to come out."""


class Programme:
    """Sound and pictures of one generator, and the synchronizer that they are pushed through."""

    def __init__(self, folder: str, name: str, fps: int, track_code: int, queue_ms: int) -> None:
        self._tone = ToneGenerator(Tone(marker="order"))
        self._code = ColourCode(track_code=track_code, width=320, height=180, fps=fps)
        self._writer = PictureWriter(self._code)
        self._path = Path(folder) / name
        self.sound = rtc.AudioSource(RATE, 1, queue_size_ms=queue_ms)
        self.pictures = rtc.VideoSource(self._code.width, self._code.height)
        self.synchronizer = rtc.AVSynchronizer(
            audio_source=self.sound, video_source=self.pictures, video_fps=fps
        )

    def tracks(self) -> tuple[rtc.LocalAudioTrack, rtc.LocalVideoTrack]:
        return (
            rtc.LocalAudioTrack.create_audio_track("sound", self.sound),
            rtc.LocalVideoTrack.create_video_track("pictures", self.pictures),
        )

    async def side_by_side(self, pictures: int, *, preroll_ms: int = 0) -> None:
        """A picture, then the sound that belongs to it; `preroll_ms` of silence before all."""
        if preroll_ms:
            size = RATE * preroll_ms // 1000
            await self.synchronizer.push(rtc.AudioFrame(bytes(2 * size), RATE, 1, size))
        self._begin(pictures)
        for number in range(pictures):
            await self.synchronizer.push(self._picture(number))
            await self.synchronizer.push(self._sound(number))

    async def pictures_later(self, pictures: int, *, later_ms: int) -> None:
        """The sound as fast as it is taken; the pictures as well, but beginning later."""
        self._begin(pictures)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._push_sound(pictures))
            await asyncio.sleep(later_ms / 1000)
            for number in range(pictures):
                await self.synchronizer.push(self._picture(number))

    async def close(self) -> None:
        await self.synchronizer.aclose()
        await self.sound.aclose()
        await self.pictures.aclose()

    @contextlib.asynccontextmanager
    async def recorded(self) -> AsyncIterator[None]:
        """Record what comes out of streams of its own tracks, without a server."""
        errors: list[BaseException] = []
        supervise = Supervisor(lambda _, error: errors.append(error))
        sound = SoundRecorder(
            self._path.with_suffix(".wav"), supervise, sample_rate=RATE, channels=1
        )
        recorders = (sound, PictureRecorder(self._path.with_suffix(".frames"), supervise))
        for recorder, track in zip(recorders, self.tracks(), strict=True):
            recorder.attach(track)
        try:
            yield
        finally:
            for recorder in recorders:
                await recorder.stop()
        for error in errors:
            raise error

    def _begin(self, pictures: int) -> None:
        """Write down when everything would be due if the programme began now."""
        origin_ns = now_ns()
        sent = SentFile(self._path.with_suffix(".sound.sent"))
        for sample in range(0, pictures * RATE // self._code.fps, RATE // 100):
            sent.append(sample, origin_ns + sample * NS_PER_S // RATE)
        sent.close()
        sent = SentFile(self._path.with_suffix(".pictures.sent"))
        for number in range(pictures):
            sent.append(number, origin_ns + number * NS_PER_S // self._code.fps)
        sent.close()

    async def _push_sound(self, pictures: int) -> None:
        for number in range(pictures):
            await self.synchronizer.push(self._sound(number))

    def _picture(self, number: int) -> rtc.VideoFrame:
        size = self._code.width, self._code.height
        return rtc.VideoFrame(*size, rtc.VideoBufferType.I420, self._writer.frame(number).data)

    def _sound(self, number: int) -> rtc.AudioFrame:
        """The sound that is heard while a picture is seen."""
        size = RATE // self._code.fps
        samples = self._tone.samples(number * size, (number + 1) * size)
        return rtc.AudioFrame(samples.tobytes(), RATE, 1, size)


async def locally(
    folder: str, fps: int, seconds: float, programmes: dict[str, dict[str, int]]
) -> None:
    """Push programmes side by side, recorded from their own tracks.

    Args:
        folder: For their files, `name.wav` and so on.
        fps: Of the pictures, and what each synchronizer is told.
        seconds: Length of each programme.
        programmes: By name: `queue_ms` of its sound's source, and `preroll_ms` or `later_ms`. The
            place is the track code of its pictures.
    """

    async def play(name: str, place: int, queue_ms: int, **how: int) -> None:
        await asyncio.sleep(place * APART_S)
        programme = Programme(folder, name, fps, place, queue_ms)
        pushing = programme.pictures_later if "later_ms" in how else programme.side_by_side
        async with programme.recorded():
            await pushing(int(seconds * fps), **how)
            await asyncio.sleep(LEFT_S)
        await programme.close()

    playing = (play(name, place, **how) for place, (name, how) in enumerate(programmes.items()))
    await asyncio.gather(*playing)


_pushing: list[asyncio.Task[None]] = []
"""What runs until the participant ends."""


async def publish(
    room: rtc.Room, folder: str, name: str, fps: int, seconds: float, queue_ms: int
) -> list[str]:
    """Publish a programme and push it side by side, for so long at most; sids, sound first."""
    programme = Programme(folder, name, fps, 0, queue_ms)
    sids = []
    for track in programme.tracks():
        options = rtc.TrackPublishOptions(simulcast=False)
        sids.append((await room.local_participant.publish_track(track, options)).sid)
    _pushing.append(asyncio.create_task(programme.side_by_side(int(seconds * fps))))
    return sids
