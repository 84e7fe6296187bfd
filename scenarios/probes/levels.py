"""Probes: the pages' examples of measuring a level and of detecting a voice, on a live track."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
from livekit import rtc

from harness.evidence.clock import now_ns


class VoiceDetector:
    """A voice is what is louder than a threshold, on the average of the last frames."""

    def __init__(self, threshold: float = 0.02, frames: int = 5) -> None:
        self._threshold, self._frames = threshold, frames
        self._levels: list[float] = []

    def hears(self, level: float) -> bool:
        """Take the level of one more frame."""
        self._levels = [*self._levels, level][-self._frames :]
        return sum(self._levels) / len(self._levels) > self._threshold


def level_of(frame: rtc.AudioFrame) -> float:
    """Root mean square of a frame, 1 at full scale."""
    samples = np.frombuffer(frame.data, dtype=np.int16)
    return float(np.sqrt(np.mean(samples.astype(np.float32) ** 2)) / 32767.0)


async def listen(room: rtc.Room, sid: str, seconds: float) -> list[dict[str, Any]]:
    """Level and verdict of each frame that a subscribed track gives for some time."""
    detector, heard = VoiceDetector(), []
    stream = rtc.AudioStream(_track(room, sid))
    try:
        async with asyncio.timeout(seconds):
            async for event in stream:
                level = level_of(event.frame)
                heard.append({"at_ns": now_ns(), "level": level, "voice": detector.hears(level)})
    except TimeoutError:
        return heard
    finally:
        await stream.aclose()
    return heard


def _track(room: rtc.Room, sid: str) -> rtc.Track:
    for participant in room.remote_participants.values():
        publication = participant.track_publications.get(sid)
        if publication is not None and publication.track is not None:
            return publication.track
    raise LookupError(f"{sid} is not subscribed")
