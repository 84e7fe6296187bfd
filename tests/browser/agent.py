"""A client as a voice agent is one: the Python SDK as it is published, told nothing but a URL.

Takes `LIVEKIT_URL` and `LIVEKIT_TOKEN`, publishes a tone, subscribes to everything and says on
standard output, a JSON line each second, how many frames it has decoded. Ends with its input.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys

import numpy as np
from livekit import rtc

RATE = 48_000
CHUNK = RATE // 100


async def speak(source: rtc.AudioSource) -> None:
    at = 0
    while True:
        wave = 8000 * np.sin(2 * np.pi * 440 * (np.arange(CHUNK) + at) / RATE)
        await source.capture_frame(rtc.AudioFrame(wave.astype(np.int16).tobytes(), RATE, 1, CHUNK))
        at += CHUNK


async def report(frames: dict[str, int]) -> None:
    while True:
        sys.stdout.write(json.dumps(frames) + "\n")
        sys.stdout.flush()
        await asyncio.sleep(1)


async def main() -> None:
    room, frames = rtc.Room(), {"video": 0}
    tasks = set()

    async def watch(track: rtc.Track) -> None:
        async for _ in rtc.VideoStream(track):
            frames["video"] += 1

    def subscribed(track: rtc.Track, *_: object) -> None:
        if track.kind == rtc.TrackKind.KIND_VIDEO:
            tasks.add(asyncio.create_task(watch(track)))

    room.on("track_subscribed", subscribed)
    await room.connect(os.environ["LIVEKIT_URL"], os.environ["LIVEKIT_TOKEN"])
    source = rtc.AudioSource(RATE, 1)
    await room.local_participant.publish_track(
        rtc.LocalAudioTrack.create_audio_track("voice", source)
    )
    tasks |= {asyncio.create_task(speak(source)), asyncio.create_task(report(frames))}
    await asyncio.to_thread(sys.stdin.read)
    for task in tasks:
        task.cancel()
    await room.disconnect()


if __name__ == "__main__":
    asyncio.run(main())
