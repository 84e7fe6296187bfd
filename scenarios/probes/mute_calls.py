"""Probes: muting by the bare calls of the SDK."""

from __future__ import annotations

import asyncio
from typing import Any

from livekit import rtc

from harness.evidence.clock import NS_PER_MS, now_ns

GREY = 90
WIDTH, HEIGHT = 64, 48
PICTURES = 10
EVERY_S = 0.03
LIMIT_S = 5.0


async def toggle(room: rtc.Room, sid: str, states: list[bool], gap_ms: int) -> list[int]:
    """Mute (True) and unmute (False) an own track; monotonic ns of each call."""
    track = _own(room, sid)
    calls = []
    for muted in states:
        calls.append(now_ns())
        track.mute() if muted else track.unmute()
        if gap_ms:
            await asyncio.sleep(gap_ms / 1000)
    return calls


def mute_at_once(room: rtc.Room, sid: str) -> dict[str, Any]:
    """Mute an own track; what it says of itself before and after, and how long the call took."""
    track = _own(room, sid)
    before = track.muted
    at_ns = now_ns()
    track.mute()
    took_ms = (now_ns() - at_ns) / NS_PER_MS
    return {"at_ns": at_ns, "before": before, "after": track.muted, "took_ms": took_ms}


def mute_remote(room: rtc.Room, sid: str) -> dict[str, str]:
    """Try to mute somebody else's track: what came of each way."""
    publication, track = next(
        (publication, publication.track)
        for participant in room.remote_participants.values()
        for publication in participant.track_publications.values()
        if publication.sid == sid
    )
    ways = {
        "track.mute": lambda: track.mute(),  # type: ignore[union-attr]
        "publication.mute": lambda: publication.mute(),  # type: ignore[attr-defined]
        "LocalAudioTrack.mute of it": lambda: rtc.LocalAudioTrack.mute(track),  # type: ignore[arg-type]
    }
    return {name: _outcome(way) for name, way in ways.items()}


async def pictures_when_muted() -> list[int]:
    """Luma of pictures that a muted camera's track gives out; bright ones were captured."""
    source = rtc.VideoSource(WIDTH, HEIGHT)
    track = rtc.LocalVideoTrack.create_video_track("probe", source)
    stream = rtc.VideoStream(track)
    feed = asyncio.create_task(_feed(source))
    try:
        async with asyncio.timeout(LIMIT_S):
            while min(await _lumas(stream)) < GREY // 2:
                pass  # a source makes black ones before the first capture
            track.mute()
            await _lumas(stream)  # what was on its way
            return await _lumas(stream)
    finally:
        feed.cancel()
        await stream.aclose()


async def _feed(source: rtc.VideoSource) -> None:
    grey = bytearray([GREY]) * (WIDTH * HEIGHT) + bytearray([128]) * (WIDTH * HEIGHT // 2)
    while True:
        source.capture_frame(rtc.VideoFrame(WIDTH, HEIGHT, rtc.VideoBufferType.I420, grey))
        await asyncio.sleep(EVERY_S)


async def _lumas(stream: rtc.VideoStream) -> list[int]:
    """Luma of the first pixel of each of the next pictures."""
    seen: list[int] = []
    async for event in stream:
        seen.append(event.frame.data[0])
        if len(seen) == PICTURES:
            break
    return seen


def _own(room: rtc.Room, sid: str) -> Any:  # noqa: ANN401 - a local track of either kind
    return room.local_participant.track_publications[sid].track


def _outcome(way: Any) -> str:  # noqa: ANN401
    try:
        way()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "returned"
