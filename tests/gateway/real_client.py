"""Two participants in one process: alice publishes a tone and a picture, bob listens.

Reads one line of JSON from standard input: `url`, `tokens` by identity, `single` peer connection,
`blind` where bob is to see nothing, who then stays until the input ends; prints one: `error`, or
what bob received and which candidate pairs were selected.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

import numpy as np
from livekit import rtc

LIMIT_S = 20
RATE = 48_000
CHUNK = RATE // 100


class Bob:
    """Counts what arrives."""

    def __init__(self, room: rtc.Room) -> None:
        self.loud, self.frames = 0, 0
        self.heard, self.saw = asyncio.Event(), asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []
        room.on("track_subscribed", self.subscribed)

    def subscribed(self, track: rtc.Track, *_: object) -> None:
        read = self.listen if track.kind == rtc.TrackKind.KIND_AUDIO else self.watch
        self.tasks.append(asyncio.create_task(read(track)))

    async def listen(self, track: rtc.Track) -> None:
        async for event in rtc.AudioStream(track, sample_rate=RATE, num_channels=1):
            self.loud += int(np.abs(np.frombuffer(event.frame.data, np.int16)).max() > 3000)
            if self.loud >= 50:
                self.heard.set()

    async def watch(self, track: rtc.Track) -> None:
        async for _ in rtc.VideoStream(track):
            self.frames += 1
            if self.frames >= 10:
                self.saw.set()


async def play(source: rtc.AudioSource, camera: rtc.VideoSource) -> None:
    at = 0
    while True:
        wave = 8000 * np.sin(2 * np.pi * 440 * (np.arange(CHUNK) + at) / RATE)
        await source.capture_frame(rtc.AudioFrame(wave.astype(np.int16).tobytes(), RATE, 1, CHUNK))
        if at % (4 * CHUNK) == 0:
            picture = bytes([at // CHUNK % 256]) * (320 * 180 * 3 // 2)
            camera.capture_frame(rtc.VideoFrame(320, 180, rtc.VideoBufferType.I420, picture))
        at += CHUNK


async def pairs(room: rtc.Room) -> list[list[object]]:
    """Transport, host and port of the remote end of each pair that is in use."""
    statistics = await room.get_rtc_stats()
    found = []
    for side in (statistics.publisher_stats, statistics.subscriber_stats):
        remotes = {
            one.remote_candidate.rtc.id: one.remote_candidate.candidate
            for one in side
            if one.WhichOneof("stats") == "remote_candidate"
        }
        for one in side:
            pair = one.candidate_pair.candidate_pair
            if one.WhichOneof("stats") == "candidate_pair" and pair.nominated:
                remote = remotes[pair.remote_candidate_id]
                found.append([remote.protocol, remote.address, remote.port])
    return found


async def run(order: dict[str, Any]) -> dict[str, Any]:
    options = rtc.RoomOptions(single_peer_connection=order["single"])
    bob_room, alice_room = rtc.Room(), rtc.Room()
    bob = Bob(bob_room)
    started = time.monotonic()
    await bob_room.connect(order["url"], order["tokens"]["bob"], options)
    joined_s = time.monotonic() - started
    await alice_room.connect(order["url"], order["tokens"]["alice"], options)
    source, camera = rtc.AudioSource(RATE, 1), rtc.VideoSource(320, 180)
    me = alice_room.local_participant
    tone = await me.publish_track(rtc.LocalAudioTrack.create_audio_track("tone", source))
    face = await me.publish_track(rtc.LocalVideoTrack.create_video_track("face", camera))
    playing = asyncio.create_task(play(source, camera))
    enough = asyncio.to_thread(sys.stdin.read) if order.get("blind") else bob.saw.wait()
    await asyncio.wait_for(asyncio.gather(bob.heard.wait(), enough), LIMIT_S)
    result = {
        "joined_s": joined_s,
        "tone": tone.sid,
        "face": face.sid,
        "frames": bob.frames,
        "pairs": {"alice": await pairs(alice_room), "bob": await pairs(bob_room)},
    }
    for task in (playing, *bob.tasks):
        task.cancel()
    await alice_room.disconnect()
    await bob_room.disconnect()
    return result


async def main() -> None:
    try:
        result = await run(json.loads(sys.stdin.readline()))
    except (rtc.ConnectError, TimeoutError) as error:
        result = {"error": f"{type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
