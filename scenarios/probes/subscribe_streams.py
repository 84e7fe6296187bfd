"""Probes: receive streams as applications read them, in an `async for` of their own.

They are not the harness's recorders: nobody closes them when their track is gone.
"""

from __future__ import annotations

import asyncio
from typing import Any

from livekit import rtc

END_S = 1.0
"""Time that the consumer of a stream has to come to its end; it takes some ms."""


class Consumer:
    """Reads one stream for as long as it gives something."""

    def __init__(self, name: str, stream: rtc.AudioStream | rtc.VideoStream) -> None:
        self.name, self.stream = name, stream
        self.frames = 0
        self.task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for _ in self.stream:
            self.frames += 1

    async def ends(self) -> bool:
        await asyncio.wait([self.task], timeout=END_S)
        return self.task.done()

    def report(self) -> dict[str, Any]:
        return {"name": self.name, "frames": self.frames, "ended": self.task.done()}


_consumers: list[Consumer] = []


def consume_all(room: rtc.Room) -> None:
    """Open a stream of every subscribed track, named after its track, and read it."""
    for participant in room.remote_participants.values():
        for publication in participant.track_publications.values():
            if publication.track is None:
                continue
            made = (
                rtc.VideoStream(publication.track)
                if isinstance(publication.track, rtc.RemoteVideoTrack)
                else rtc.AudioStream(publication.track)
            )
            _consumers.append(Consumer(publication.name, made))


def consumed() -> list[dict[str, Any]]:
    """What each stream has given so far, and whether its `async for` has ended."""
    return [consumer.report() for consumer in _consumers]


async def close_all() -> list[dict[str, Any]]:
    """Close the streams, as `consumed`. Who still waits then is cancelled."""
    for consumer in _consumers:
        async with asyncio.timeout(END_S):
            await consumer.stream.aclose()
    await asyncio.gather(*(consumer.ends() for consumer in _consumers))
    reports = consumed()
    for consumer in _consumers:
        consumer.task.cancel()
    return reports
