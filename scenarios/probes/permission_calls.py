"""Probes: what the SDK says of permissions, by its bare calls."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

from livekit import rtc

from harness.evidence.clock import NS_PER_MS, now_ns

LIMIT_S = 2.0
"""The SDK gives a refused publication up after ten seconds; this is long enough to tell."""


def names_of_permissions() -> dict[str, list[str]]:
    """What the SDK calls the arguments of the method and of one participant's permission."""
    method = inspect.signature(rtc.LocalParticipant.set_track_subscription_permissions)
    return {
        "set_track_subscription_permissions": [n for n in method.parameters if n != "self"],
        "ParticipantTrackPermission": list(
            rtc.ParticipantTrackPermission.DESCRIPTOR.fields_by_name
        ),
    }


async def publish(room: rtc.Room, source: str) -> dict[str, Any]:
    """Publish a `microphone` or a `camera`: its sid, or what was said instead, and the time."""
    options = rtc.TrackPublishOptions()
    options.source = rtc.TrackSource.Value(f"SOURCE_{source.upper()}")
    track: rtc.LocalTrack
    if source == "microphone":
        track = rtc.LocalAudioTrack.create_audio_track(source, rtc.AudioSource(48_000, 1))
    else:
        track = rtc.LocalVideoTrack.create_video_track(source, rtc.VideoSource(64, 48))
    sid, said, raised = None, "", False
    began_ns = now_ns()
    try:
        async with asyncio.timeout(LIMIT_S):
            sid = (await room.local_participant.publish_track(track, options)).sid
    except TimeoutError:
        said = f"publish_track had neither returned nor raised after {LIMIT_S:g} s"
    except rtc.participant.PublishTrackError as error:
        said, raised = f"PublishTrackError: {error}", True
    took_ms = (now_ns() - began_ns) / NS_PER_MS
    return {"sid": sid, "said": said, "raised": raised, "took_ms": took_ms}


async def send(room: rtc.Room, topic: str) -> str:
    """Send reliable data to everybody; what the caller is told, if anything."""
    try:
        await room.local_participant.publish_data(b"hello", topic=topic)
    except rtc.participant.PublishDataError as error:
        return f"PublishDataError: {error}"
    return ""
