"""Probes about layers: what a subscriber may ask of which publication, and what it is told."""

from __future__ import annotations

import asyncio

from livekit import rtc

from harness.evidence.clock import NS_PER_S, now_ns
from harness.participant.call_journal import CallJournal

READ_EVERY_S = 0.05
STATES = {rtc.StreamState.STATE_ACTIVE: "active", rtc.StreamState.STATE_PAUSED: "paused"}


async def ask_for_low(room: rtc.Room, journal: str, sids: list[str]) -> None:
    """Ask for the lowest quality of each of these publications."""
    calls = CallJournal(journal)
    for sid in sids:
        publication = _publication(room, sid)
        await calls.attempt(
            str(rtc.TrackKind.Name(publication.kind)),
            publication.set_video_quality,
            rtc.VideoQuality.VIDEO_QUALITY_LOW,
        )


async def read_stream_state(room: rtc.Room, sid: str, seconds: float) -> list[tuple[int, str]]:
    """What a subscribed track says of its stream, every 50 ms: monotonic ns, state."""
    track = _publication(room, sid).track
    assert track is not None, "only a subscribed publication has a track"
    readings = []
    end_ns = now_ns() + round(seconds * NS_PER_S)
    while now_ns() < end_ns:
        readings.append((now_ns(), STATES.get(track.stream_state, "unknown")))
        await asyncio.sleep(READ_EVERY_S)
    return readings


def _publication(room: rtc.Room, sid: str) -> rtc.RemoteTrackPublication:
    for participant in room.remote_participants.values():
        if sid in participant.track_publications:
            return participant.track_publications[sid]
    raise LookupError(f"nobody publishes {sid}")
