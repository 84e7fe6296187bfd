"""The audio-track page's examples, written anew; its names are those of `livekit.rtc`."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from livekit import rtc

from harness.participant.call_journal import CallJournal

FRAME_S = 0.01
TALK_S, MUTED_S, AFTER_S = 0.5, 0.2, 0.3
"""The page waits 5, 2 and 30 seconds."""

_heard: list[tuple[int, float]] = []
_running: set[asyncio.Task[None]] = set()
_mutes: list[str] = []


def listen(room: rtc.Room) -> None:
    """The page's handlers: sound is received, mutes are noted."""

    @room.on("track_subscribed")
    def on_track_subscribed(
        track: rtc.Track,
        publication: rtc.RemoteTrackPublication,
        participant: rtc.RemoteParticipant,
    ) -> None:
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            _running.add(asyncio.create_task(receive_audio(track)))

    @room.on("track_muted")
    def on_track_muted(participant: rtc.Participant, publication: rtc.TrackPublication) -> None:
        if publication.kind == rtc.TrackKind.KIND_AUDIO:
            _mutes.append(f"{participant.identity} muted")

    @room.on("track_unmuted")
    def on_track_unmuted(participant: rtc.Participant, publication: rtc.TrackPublication) -> None:
        if publication.kind == rtc.TrackKind.KIND_AUDIO:
            _mutes.append(f"{participant.identity} unmuted")


async def receive_audio(track: rtc.Track) -> None:
    audio_stream = rtc.AudioStream(track, sample_rate=48_000, num_channels=1)
    try:
        async for event in audio_stream:
            frame = event.frame
            _heard.append((frame.samples_per_channel, frame.duration))
    finally:
        await audio_stream.aclose()


def heard() -> dict[str, Any]:
    """How many frames came, how many were not 480 samples and 10 ms, and the mutes."""
    odd = [frame for frame in _heard if frame != (480, 0.01)]
    return {"frames": len(_heard), "odd": len(odd), "mutes": _mutes}


async def generate_audio(source: rtc.AudioSource) -> None:
    while True:
        frame = rtc.AudioFrame.create(sample_rate=48_000, num_channels=1, samples_per_channel=480)
        await source.capture_frame(frame)
        await asyncio.sleep(FRAME_S)


async def complete_example(room: rtc.Room, journal: str) -> None:
    """The long example behind its `connect`, each step one call of the journal."""
    notes = CallJournal(journal)
    source = rtc.AudioSource(sample_rate=48_000, num_channels=1)
    track = rtc.LocalAudioTrack.create_audio_track("my-microphone", source)
    options = rtc.TrackPublishOptions()
    options.source = rtc.TrackSource.SOURCE_MICROPHONE
    options.dtx = True
    options.red = True

    async def publish() -> str:
        publication = await room.local_participant.publish_track(track, options)
        return publication.sid

    async def statistics() -> int:
        return len(await track.get_stats())

    async def unpublish() -> None:
        await room.local_participant.unpublish_track(track.sid)

    await notes.attempt("publish_track", publish)
    sound = asyncio.create_task(generate_audio(source))
    await asyncio.sleep(TALK_S)
    await notes.attempt("mute", _and_whether_muted, track, track.mute)
    await asyncio.sleep(MUTED_S)
    await notes.attempt("unmute", _and_whether_muted, track, track.unmute)
    await notes.attempt("get_stats", statistics)
    await asyncio.sleep(AFTER_S)
    await notes.attempt("unpublish_track", unpublish)
    await notes.attempt("aclose", source.aclose)
    sound.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await sound


def _and_whether_muted(track: rtc.LocalAudioTrack, call: Any) -> bool:  # noqa: ANN401
    call()
    return track.muted


async def short_examples(room: rtc.Room, journal: str) -> None:
    """The page's shorter examples, each one call of the journal."""
    notes = CallJournal(journal)

    async def stereo() -> None:
        source = rtc.AudioSource(sample_rate=48_000, num_channels=2, queue_size_ms=1000)
        track = rtc.LocalAudioTrack.create_audio_track("stereo-audio", source)
        await room.local_participant.publish_track(track)

    async def frame_of_bytes() -> None:
        source = rtc.AudioSource(sample_rate=48_000, num_channels=1)
        data = bytearray(480 * 1 * 2)
        frame = rtc.AudioFrame(
            data=data, sample_rate=48_000, num_channels=1, samples_per_channel=480
        )
        await source.capture_frame(frame)

    async def queue() -> str:
        source = rtc.AudioSource(sample_rate=48_000, num_channels=1, queue_size_ms=1000)
        queued = source.queued_duration
        source.clear_queue()
        await source.wait_for_playout()
        return f"Queued audio: {queued:.3f} seconds"

    async def clean_up() -> None:
        source = rtc.AudioSource(48_000, 1)
        track = rtc.LocalAudioTrack.create_audio_track("mic", source)
        await room.local_participant.publish_track(track)
        await room.local_participant.unpublish_track(track.sid)
        await source.aclose()

    async def rates() -> None:
        for rate in (8_000, 16_000, 48_000):
            await rtc.AudioSource(sample_rate=rate, num_channels=1).aclose()

    for example in (stereo, frame_of_bytes, queue, clean_up, rates):
        await notes.attempt(example.__name__.replace("_", " "), example)


def imports() -> list[str]:
    """Names that the page imports from `livekit` and that are not there."""
    import livekit

    return [name for name in NAMES if not hasattr(livekit, name)]


def names_of_rtc() -> list[str]:
    """Names that the page imports and that `livekit.rtc` lacks."""
    return [name for name in NAMES if not hasattr(rtc, name)]


NAMES = (
    "Track", "LocalAudioTrack", "RemoteAudioTrack", "AudioTrack", "LocalTrack", "TrackKind",
    "StreamState", "AudioSource", "Room", "RoomOptions", "AudioStream", "TrackPublishOptions",
    "TrackSource", "RemoteParticipant", "RemoteTrackPublication", "AudioFrame",
)  # fmt: skip
