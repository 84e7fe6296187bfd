"""The pages' examples of receiving: written anew, with the same calls in the same order."""

from __future__ import annotations

import asyncio
from typing import Any

from livekit import rtc

from harness.evidence.clock import now_ns

OLDER_RECEPTION = """
@room.on("track_subscribed")
def on_track_subscribed(track, publication, participant):
    if track.kind == rtc.TrackKind.KIND_AUDIO:
        audio_stream = rtc.AudioStream(track)
        async for event in audio_stream:
            do_something(event.frame)
"""
"""A plain function that iterates asynchronously, as both older pages have it."""

_seen: list[dict[str, Any]] = []
_ended: list[str] = []
_running: set[asyncio.Task[None]] = set()


def reception(room: rtc.Room) -> None:
    """Look at every remote picture from now on as the page does."""

    async def handle_video(track: rtc.Track) -> None:
        video_stream = rtc.VideoStream(track)
        async for event in video_stream:
            video_frame = event.frame
            current_type = video_frame.type
            frame_as_bgra = video_frame.convert(rtc.VideoBufferType.BGRA)
            _note(current_type, frame_as_bgra)
        await video_stream.aclose()
        _ended.append(track.sid)

    @room.on("track_subscribed")
    def on_track_subscribed(
        track: rtc.Track,
        publication: rtc.TrackPublication,
        participant: rtc.RemoteParticipant,
    ) -> None:
        if track.kind == rtc.TrackKind.KIND_VIDEO:
            _running.add(asyncio.create_task(handle_video(track)))


def _note(encoding: rtc.VideoBufferType.ValueType, bgra: rtc.VideoFrame) -> None:
    at_ns = now_ns()
    middle = 4 * (bgra.height // 2 * bgra.width + bgra.width // 2)
    blue, green, red, _ = bytes(bgra.data[middle : middle + 4])
    _seen.append(
        {
            "at_ns": at_ns,
            "encoding": rtc.VideoBufferType.Name(encoding),
            "converted": rtc.VideoBufferType.Name(bgra.type),
            "rgb": [red, green, blue],
        }
    )


def seen() -> list[dict[str, Any]]:
    """Every picture so far: when, in which encoding, the colour in its middle."""
    return _seen


def ended() -> list[str]:
    """Tracks whose reception went on to its last line."""
    return _ended


def older_reception() -> str:
    """What Python says of the older example."""
    try:
        compile(OLDER_RECEPTION, "example", "exec")
    except SyntaxError as error:
        return f"SyntaxError: {error.msg}"
    return "it can be run"


def asynchronous_handler() -> str:
    """What becomes of a coroutine function as the handler of an event."""
    room = rtc.Room()

    async def on_track_subscribed(*_: object) -> None:
        return None

    try:
        room.on("track_subscribed", on_track_subscribed)
    except ValueError as error:
        return f"ValueError: {error}"
    return "it is taken"


def track_after_subscribing(room: rtc.Room) -> dict[str, bool]:
    """Subscribe to all sound as the page does: by sid, whether the track is there at once."""
    there = {}
    for participant in room.remote_participants.values():
        for publication in participant.track_publications.values():
            if isinstance(publication, rtc.RemoteTrackPublication):
                publication.set_subscribed(True)
                there[publication.sid] = publication.track is not None
    return there
