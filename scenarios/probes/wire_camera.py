"""Probes: a camera that a scenario works by hand, picture by picture, in a room."""

from __future__ import annotations

import asyncio
from pathlib import Path

from livekit import rtc

from harness.evidence.clock import NS_PER_S, now_ns
from harness.participant.sent_file import SentFile
from harness.signals.picture import ColourCode, PictureWriter

BITRATE = 3_000_000
FASTEST = 60


class Camera:
    """A published source, and the record of what it captured."""

    def __init__(self, track_code: int, width: int, height: int, sent: str) -> None:
        self.source = rtc.VideoSource(width, height)
        self.running: asyncio.Task[None] | None = None
        self._track_code = track_code
        self._sent = SentFile(Path(sent))
        self._writers: dict[tuple[int, int], PictureWriter] = {}

    def capture(self, number: int, width: int, height: int) -> int:
        """Capture a picture now; monotonic ns."""
        if (width, height) not in self._writers:
            code = ColourCode(track_code=self._track_code, width=width, height=height)
            self._writers[width, height] = PictureWriter(code)
        pixels = self._writers[width, height].frame(number).data
        frame = rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, pixels)
        at_ns = now_ns()
        self._sent.append(number, at_ns)
        self._sent.sync()
        self.source.capture_frame(frame)
        return at_ns

    async def film(self, runs: list[tuple[int, int, int, int, int]]) -> None:
        """Capture runs of pictures, one after the other."""
        due_ns = now_ns()
        for first, pictures, fps, width, height in runs:
            for number in range(first, first + pictures):
                await asyncio.sleep(max(0, due_ns - now_ns()) / NS_PER_S)
                self.capture(number, width, height)
                due_ns += NS_PER_S // fps

    async def repeat(self, number: int, fps: int, seconds: float, width: int, height: int) -> None:
        """Capture one picture again and again."""
        for _ in range(int(seconds * fps)):
            self.capture(number, width, height)
            await asyncio.sleep(1 / fps)


_cameras: dict[str, Camera] = {}


async def publish(room: rtc.Room, track_code: int, width: int, height: int, sent: str) -> str:
    """Publish a camera that captures nothing yet; its sid.

    Args:
        room: Joined.
        track_code: Of its pictures.
        width: Of the source, pixels.
        height: Lines.
        sent: File for what it captures: see `harness.evidence.sent`.
    """
    camera = Camera(track_code, width, height, sent)
    track = rtc.LocalVideoTrack.create_video_track("camera", camera.source)
    options = rtc.TrackPublishOptions(
        simulcast=False,
        video_encoding=rtc.VideoEncoding(max_framerate=FASTEST, max_bitrate=BITRATE),
    )
    sid = (await room.local_participant.publish_track(track, options)).sid
    _cameras[sid] = camera
    return sid


def capture(sid: str, number: int, width: int, height: int) -> int:
    """Capture one picture now; monotonic ns."""
    return _cameras[sid].capture(number, width, height)


def burst(sid: str, first: int, pictures: int, width: int, height: int) -> int:
    """Capture pictures in one go; monotonic ns at which the last call had returned."""
    for number in range(first, first + pictures):
        _cameras[sid].capture(number, width, height)
    return now_ns()


def film(sid: str, runs: list[tuple[int, int, int, int, int]]) -> int:
    """Begin to capture runs: first number, pictures, pictures a second, width, height.

    Returns the monotonic ns of the first picture.
    """
    camera = _cameras[sid]
    at_ns = now_ns()
    camera.running = asyncio.create_task(camera.film(runs))
    return at_ns


def repeat(sid: str, number: int, fps: int, seconds: float, width: int, height: int) -> int:
    """Begin to capture one picture again and again, for so long at most; monotonic ns."""
    camera = _cameras[sid]
    at_ns = now_ns()
    camera.running = asyncio.create_task(camera.repeat(number, fps, seconds, width, height))
    return at_ns
