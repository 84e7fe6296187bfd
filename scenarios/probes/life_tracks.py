"""Probes: local tracks before, while and after they are published; what they count; reconnecting.

Those with a parameter `room` run in a participant that has joined.
"""

from __future__ import annotations

from typing import Any

from livekit import rtc

from harness.evidence.clock import now_ns
from harness.participant.call_journal import CallJournal
from harness.participant.statistics import statistics_entry


async def sids(room: rtc.Room) -> dict[str, str]:
    """The sid of a track before it is published, and while it is; and its publication's."""
    track = _silent_track()
    before = track.sid
    publication = await room.local_participant.publish_track(track)
    return {"before": before, "published": track.sid, "publication": publication.sid}


async def republish(room: rtc.Room, sid: str) -> dict[str, Any]:
    """Unpublish a track and publish the same object again; its new sid, and when it was asked."""
    track = _local(room, sid)
    await room.local_participant.unpublish_track(sid)
    at_ns = now_ns()
    publication = await room.local_participant.publish_track(track)
    return {"sid": publication.sid, "at_ns": at_ns}


async def reconnect(room: rtc.Room) -> int:
    """Have the SDK end its session and begin a new one; monotonic ns of the call."""
    at_ns = now_ns()
    await room.simulate_scenario(rtc.SimulateScenarioKind.SIMULATE_FULL_RECONNECT)
    return at_ns


async def statistics(room: rtc.Room, sid: str) -> list[dict[str, Any]]:
    """`get_stats` of a track, own or remote, as flat objects."""
    at_ns = now_ns()
    return [
        statistics_entry(entry, side="publisher", at_ns=at_ns)
        for entry in await _track(room, sid).get_stats()
    ]


async def statistics_unpublished(journal: str) -> None:
    """`get_stats` of a track that was never published."""
    await CallJournal(journal).attempt("get_stats", _silent_track().get_stats)


def _silent_track() -> rtc.LocalAudioTrack:
    return rtc.LocalAudioTrack.create_audio_track("silent", rtc.AudioSource(48_000, 1))


def _local(room: rtc.Room, sid: str) -> rtc.LocalTrack:
    track = room.local_participant.track_publications[sid].track
    assert track is not None, "an own publication has a track"
    return track


def _track(room: rtc.Room, sid: str) -> rtc.Track:
    if sid in room.local_participant.track_publications:
        return _local(room, sid)
    for participant in room.remote_participants.values():
        publication = participant.track_publications.get(sid)
        if publication is not None and publication.track is not None:
            return publication.track
    raise LookupError(f"no track {sid} is published here or subscribed")
