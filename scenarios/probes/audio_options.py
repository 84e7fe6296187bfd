"""Probes: options of a sound's publication, and a source that nobody feeds."""

from __future__ import annotations

from livekit import rtc

_KEPT: list[rtc.AudioSource] = []
"""A source that is collected ends."""


def unset() -> dict[str, bool]:
    """What options show that nobody has set."""
    options = rtc.TrackPublishOptions()
    return {"dtx": options.dtx, "red": options.red}


async def publish_idle(room: rtc.Room) -> str:
    """Publish a microphone whose source, with a queue, is never given anything; its sid."""
    source = rtc.AudioSource(48_000, 1, queue_size_ms=1000)
    _KEPT.append(source)
    track = rtc.LocalAudioTrack.create_audio_track("idle", source)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
    publication = await room.local_participant.publish_track(track, options)
    return publication.sid
