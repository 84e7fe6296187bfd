"""A small agent: it answers each thing that is said to it with a tone, and stops when interrupted.

It stands for yours. Nothing in it knows the harness: it joins the room that LIVEKIT_URL and
LIVEKIT_TOKEN name, with the livekit SDK alone.
"""

from __future__ import annotations

import asyncio
import os

import numpy as np
from livekit import rtc

RATE = 48_000
FRAME = RATE // 100
LOUD = 0.01  # root mean square of what is speech: -40 dBFS
SPEECH_MS = 50  # so long must it be loud, to be more than a noise
END_MS = 200  # and so long silent, to have ended
THINK_MS = 100
ANSWER_MS = 2_500
QUEUE_MS = 100  # what is captured and not yet sent: short, so that little must be taken back


class Voice:
    """What the agent says: a tone, until it is done or interrupted."""

    def __init__(self) -> None:
        self.source = rtc.AudioSource(RATE, 1, queue_size_ms=QUEUE_MS)
        self._speaking: asyncio.Task[None] | None = None

    def answer(self) -> None:
        """Begin to speak."""
        self.stop()
        self._speaking = asyncio.create_task(self._speak())

    def stop(self) -> None:
        """Fall silent."""
        if self._speaking is not None:
            self._speaking.cancel()
            self.source.clear_queue()

    async def _speak(self) -> None:
        await asyncio.sleep(THINK_MS / 1000)
        for start in range(0, RATE * ANSWER_MS // 1000, FRAME):
            wave = np.sin(2 * np.pi * 330 * np.arange(start, start + FRAME) / RATE)
            samples = (8_000 * wave).astype(np.int16)
            await self.source.capture_frame(rtc.AudioFrame(samples.tobytes(), RATE, 1, FRAME))


async def listen(track: rtc.Track, voice: Voice) -> None:
    """Answer when somebody has spoken; stop as soon as somebody speaks."""
    loud_ms, silent_ms, speaking = 0, 0, False
    async for event in rtc.AudioStream(track, sample_rate=RATE, num_channels=1):
        samples = np.frombuffer(event.frame.data, np.int16) / 32768
        loud = float(np.sqrt(np.mean(samples**2))) > LOUD
        loud_ms, silent_ms = (loud_ms + 10, 0) if loud else (0, silent_ms + 10)
        if loud_ms == SPEECH_MS:
            speaking = True
            voice.stop()
        if speaking and silent_ms == END_MS:
            speaking = False
            voice.answer()


async def main() -> None:
    """Join, and be there until the program is ended."""
    room, voice, listening = rtc.Room(), Voice(), set[asyncio.Task[None]]()

    @room.on("track_subscribed")
    def subscribed(track: rtc.Track, *_: object) -> None:
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            listening.add(asyncio.create_task(listen(track, voice)))

    await room.connect(os.environ["LIVEKIT_URL"], os.environ["LIVEKIT_TOKEN"])
    track = rtc.LocalAudioTrack.create_audio_track("voice", voice.source)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
    await room.local_participant.publish_track(track, options)
    await asyncio.Event().wait()


asyncio.run(main())
