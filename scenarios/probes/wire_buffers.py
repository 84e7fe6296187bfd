"""Probes: frames of every buffer encoding, sent from one room to another place in it.

Both ends are in this process: a frame that ends it takes no participant of the stage with it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
from livekit import rtc

from harness.participant.call_journal import CallJournal
from harness.signals.colour_chart import patch_chart

FRAMES = 12
"""Pictures that are seen before one is kept: an encoder begins roughly."""
EVERY_S = 1 / 30
ARRIVAL_S = 3.0
BITRATE = 4_000_000
DARK = 60
"""Of 255; a chart has brighter patches, a black picture has none."""


class Way:
    """From a sender to a receiver, through a server."""

    def __init__(self) -> None:
        self.sender, self.receiver = rtc.Room(), rtc.Room()
        self._subscribed: dict[str, asyncio.Future[rtc.Track]] = {}
        self.receiver.on("track_subscribed", self._on_subscribed)

    @contextlib.asynccontextmanager
    async def connected(
        self, sender: dict[str, str], receiver: dict[str, str]
    ) -> AsyncIterator[Way]:
        await self.sender.connect(sender["url"], sender["token"])
        await self.receiver.connect(receiver["url"], receiver["token"])
        try:
            yield self
        finally:
            await self.sender.disconnect()
            await self.receiver.disconnect()

    async def send(
        self, source: str, width: int, height: int, patch_px: int, path: str, target: str | None
    ) -> dict[str, Any]:
        """Publish a chart of patches, captured again and again; what is seen of it.

        Args:
            source: Encoding in which it is captured.
            width: Pixels.
            height: Lines.
            patch_px: Columns and lines of a patch.
            path: Gets the bytes of the last frame that came.
            target: Encoding that the stream is asked for; None asks for none.

        Raises:
            LookupError: not enough frames come in time.
        """
        camera = rtc.VideoSource(width, height)
        track = rtc.LocalVideoTrack.create_video_track(source, camera)
        options = rtc.TrackPublishOptions(
            simulcast=False,
            video_encoding=rtc.VideoEncoding(max_framerate=30, max_bitrate=BITRATE),
        )
        publication = await self.sender.local_participant.publish_track(track, options)
        data = bytearray(patch_chart(source, width, height, patch_px))
        frame = rtc.VideoFrame(width, height, rtc.VideoBufferType.Value(source), data)
        capturing = asyncio.create_task(_again_and_again(camera, frame))
        try:
            seen = await self._seen(publication.sid, target)
        finally:
            capturing.cancel()
            await asyncio.wait([capturing])
            await self.sender.local_participant.unpublish_track(publication.sid)
        _keep(path, seen)
        return {
            "encoding": rtc.VideoBufferType.Name(seen.type),
            "width": seen.width,
            "height": seen.height,
        }

    async def _seen(self, sid: str, target: str | None) -> rtc.VideoFrame:
        wanted = None if target is None else rtc.VideoBufferType.Value(target)
        came = 0
        try:
            async with asyncio.timeout(ARRIVAL_S):
                stream = rtc.VideoStream(await self._track(sid), format=wanted)
                try:
                    async for event in stream:
                        came += _is_captured(event.frame)
                        if came == FRAMES:
                            return event.frame
                finally:
                    await stream.aclose()
        except TimeoutError:
            pass
        raise LookupError(f"{came} frames came within {ARRIVAL_S} s")

    def _track(self, sid: str) -> asyncio.Future[rtc.Track]:
        return self._subscribed.setdefault(sid, asyncio.get_running_loop().create_future())

    def _on_subscribed(
        self, track: rtc.Track, publication: rtc.RemoteTrackPublication, _: rtc.RemoteParticipant
    ) -> None:
        self._track(publication.sid).set_result(track)


async def send(
    journal: str,
    sender: dict[str, str],
    receiver: dict[str, str],
    calls: dict[str, dict[str, Any]],
) -> None:
    """Send charts, each on a track of its own; `sender` and `receiver` are tickets of a stage."""
    notes = CallJournal(journal)
    async with Way().connected(sender, receiver) as way:
        for name, call in calls.items():
            await notes.attempt(name, way.send, **call)


def _is_captured(frame: rtc.VideoFrame) -> bool:
    """Whether it is not black: before the first capture a source makes black pictures of its own.

    Looks at each second of four bytes in as many as there are pixels: luma, or no alpha.
    """
    points = np.frombuffer(frame.data, np.uint8)[1 : frame.width * frame.height : 4]
    return bool(points.max() > DARK)


def _keep(path: str, frame: rtc.VideoFrame) -> None:
    Path(path).write_bytes(frame.data)


async def _again_and_again(camera: rtc.VideoSource, frame: rtc.VideoFrame) -> None:
    while True:
        camera.capture_frame(frame)
        await asyncio.sleep(EVERY_S)
