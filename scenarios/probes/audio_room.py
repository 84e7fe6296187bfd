"""Probes: a source with a queue, published, fed and cleared by the bare calls of the SDK."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
from livekit import rtc

from harness.evidence.clock import NS_PER_MS, NS_PER_S, now_ns
from harness.signals.sound import FULL_SCALE, Tone, amplitude

LOUDNESS = amplitude(Tone().pilot_dbfs) * FULL_SCALE
LEAST_S = 0.5
"""What must wait in a queue for its clearing to be heard."""
PLAYERS: dict[str, Player] = {}
"""By the sid of their track: what one call publishes the next one feeds."""


class Player:
    """A source whose track is published, and what is fed into it."""

    def __init__(self, sample_rate: int) -> None:
        self.source = rtc.AudioSource(sample_rate, 1, queue_size_ms=1000)
        self.rate = sample_rate
        self.waits_ms: list[float] = []
        self._waiting_since_ns: int | None = None
        self._position = 0
        self._feed: asyncio.Task[None] | None = None

    async def capture(self, pilot_hz: int, length_ms: int) -> None:
        """Capture so much of a tone, in one frame."""
        start, stop = self._position, self._position + self.rate * length_ms // 1000
        self._position = stop
        sine = np.sin(2 * np.pi * pilot_hz * np.arange(start, stop) / self.rate)
        samples = (LOUDNESS * sine).astype(np.int16)
        self._waiting_since_ns = began_ns = now_ns()
        await self.source.capture_frame(
            rtc.AudioFrame(samples.tobytes(), self.rate, 1, len(samples))
        )
        self.waits_ms.append((now_ns() - began_ns) / NS_PER_MS)
        self._waiting_since_ns = None

    def waiting_ms(self) -> list[float]:
        """How long a capture that has not returned yet has waited; empty where there is none."""
        since_ns = self._waiting_since_ns
        return [] if since_ns is None else [(now_ns() - since_ns) / NS_PER_MS]

    async def feed(self, pilot_hz: int, frame_ms: int, pause_ms: int) -> None:
        """Begin to capture a tone, frame by frame, with a pause after each."""
        await self.stop()
        self._feed = asyncio.create_task(self._run(pilot_hz, frame_ms, pause_ms))

    async def follow(self, pilot_hz: int, ahead_ms: int) -> None:
        """Begin to capture a tone as it would be spoken, 10 ms each 10 ms, so far ahead."""
        await self.stop()
        self._feed = asyncio.create_task(self._keep_time(pilot_hz, ahead_ms))

    async def stop(self) -> None:
        """Capture no more."""
        if self._feed is not None:
            self._feed.cancel()
            await asyncio.wait([self._feed])
            self._feed = None

    async def _run(self, pilot_hz: int, frame_ms: int, pause_ms: int) -> None:
        while True:
            await self.capture(pilot_hz, frame_ms)
            if pause_ms:
                await asyncio.sleep(pause_ms / 1000)

    async def _keep_time(self, pilot_hz: int, ahead_ms: int) -> None:
        await self.capture(pilot_hz, ahead_ms)
        due_ns = now_ns()
        while True:
            due_ns += 10 * NS_PER_MS
            await asyncio.sleep(max(0, due_ns - now_ns()) / NS_PER_S)
            await self.capture(pilot_hz, 10)


async def publish(room: rtc.Room, sample_rate: int) -> str:
    """Publish a track of a source with a queue of a second that nobody feeds yet; its sid."""
    player = Player(sample_rate)
    track = rtc.LocalAudioTrack.create_audio_track("probe", player.source)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
    publication = await room.local_participant.publish_track(track, options)
    PLAYERS[publication.sid] = player
    return publication.sid


async def feed(sid: str, pilot_hz: int, frame_ms: int = 10, pause_ms: int = 0) -> None:
    """Feed a tone until further notice, as fast as the queue takes it but for the pauses."""
    await PLAYERS[sid].feed(pilot_hz, frame_ms, pause_ms)


async def follow(sid: str, pilot_hz: int, ahead_ms: int) -> None:
    """Feed a tone until further notice, as fast as it would be spoken."""
    await PLAYERS[sid].follow(pilot_hz, ahead_ms)


async def clear(sid: str) -> int:
    """Feed no more and clear the queue; when, in ns. Raises LookupError when nothing waited."""
    player = PLAYERS[sid]
    await player.stop()
    if player.source.queued_duration < LEAST_S:
        raise LookupError(f"{player.source.queued_duration} s waited, which proves no clearing")
    cleared_ns = now_ns()
    player.source.clear_queue()
    return cleared_ns


async def say(sid: str, pilot_hz: int, length_ms: int) -> dict[str, int]:
    """Capture a sound and wait for its playout; when it was captured, when the wait was over."""
    player = PLAYERS[sid]
    captured_ns = now_ns()
    await player.capture(pilot_hz, length_ms)
    await player.source.wait_for_playout()
    return {"captured_ns": captured_ns, "returned_ns": now_ns()}


async def watch(sid: str, seconds: float) -> dict[str, Any]:
    """Watch captures for so long: how many there were, and the longest wait of one, ended or not.

    Raises ValueError when nothing was captured.
    """
    player = PLAYERS[sid]
    player.waits_ms.clear()
    await asyncio.sleep(seconds)
    waits_ms = player.waits_ms + player.waiting_ms()
    return {"captures": len(waits_ms), "longest_ms": max(waits_ms)}
