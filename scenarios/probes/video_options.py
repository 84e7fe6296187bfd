"""Probes: options of a video publication, as `publish_track` hands them to the SDK's library."""

from __future__ import annotations

import inspect
from typing import Any

from livekit import rtc

from harness.participant.call_journal import CallJournal


async def encode(journal: str, calls: dict[str, dict[str, Any]]) -> None:
    """Publication options with these encoding options, made into a message."""
    notes = CallJournal(journal)
    for name, options in calls.items():
        await notes.attempt(name, _encode, options)


def names() -> list[str]:
    """What `livekit.rtc` offers, sorted."""
    return sorted(name for name in dir(rtc) if not name.startswith("_"))


def arguments_of_a_source() -> list[str]:
    """What `VideoSource` is told."""
    return list(inspect.signature(rtc.VideoSource).parameters)


def _encode(options: dict[str, Any]) -> int:
    publish = rtc.TrackPublishOptions(video_encoding=rtc.VideoEncoding(**options))
    return len(publish.SerializeToString())
