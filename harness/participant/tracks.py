"""What a participant sends: its sources and the tracks that are made of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from livekit import rtc

from harness.evidence.clock import now_ns
from harness.evidence.file_name import file_name
from harness.evidence.sent_signal import write_signal
from harness.participant.coded_feed import CodedPictureFeed
from harness.participant.coded_pictures import DEFAULT_KBPS, CodedPicture, coded_pictures
from harness.participant.health import HealthMonitor
from harness.participant.protocol import (
    PublishAgain,
    Published,
    PublishOptions,
    PublishPicture,
    PublishSound,
)
from harness.participant.publishing import Feed, PictureFeed, SoundFeed
from harness.participant.recording import PictureRecorder, Recorder, SoundRecorder
from harness.participant.sdk_options import picture_options, sound_options
from harness.participant.supervise import Supervisor
from harness.signals.picture import ColourCode


class Refused(Exception):
    """The command cannot be carried out as things are; the message says what to change."""


@dataclass(kw_only=True)
class _Source:
    feed: Feed | CodedPictureFeed
    task: asyncio.Task[None]
    picture: ColourCode | None
    tracks: set[str]
    """Names of the tracks that are made of it."""
    monitor: Recorder | None = None
    """Records the first of them here, where it is made."""


class OwnTracks:
    """Sources and local tracks, by the name that the run gave them."""

    def __init__(self, folder: Path, health: HealthMonitor, supervise: Supervisor) -> None:
        self._folder, self._health, self._supervise = folder, health, supervise
        self._sources: dict[str, _Source] = {}
        self._tracks: dict[str, rtc.LocalTrack] = {}

    async def publish(
        self, command: PublishSound | PublishPicture, room: rtc.Room | None
    ) -> Published:
        """Start a source and publish a track of it, or hold the track back."""
        path = self._free_path(command.name)
        if room is None and not command.hold:
            raise Refused("publish needs a room: join first")
        loop = await self._coded(command)
        write_signal(path, command)
        source = self._start(command, path, loop)
        self._sources[command.name] = source
        at_ns = now_ns()
        try:
            track = self._make_track(command.name, source)
            if command.options.monitor:
                source.monitor = self._monitor(command, track)
            if room is None or command.hold:
                return _published(command.name, source, sid=None, at_ns=at_ns)
            return await self._publish(room, command.name, track, source, command.options)
        except BaseException:
            await self._forget(command.name)
            raise

    async def publish_again(self, command: PublishAgain, room: rtc.Room) -> Published:
        """Publish one more track of a source that is there."""
        if command.name in self._tracks:
            raise Refused(f"a track called {command.name} exists: choose another name")
        source = self._source_of(command.source_of)
        if source is None:
            known = ", ".join(self._tracks) or "none"
            raise Refused(f"no track called {command.source_of}; there are: {known}")
        track = self._make_track(command.name, source)
        try:
            return await self._publish(room, command.name, track, source, command.options)
        except BaseException:
            await self._forget(command.name)
            raise

    async def unpublish(self, sid: str, room: rtc.Room) -> int:
        """Take a track back and end its source when no other track uses it. Time of the call."""
        name = next((name for name, track in self._tracks.items() if track.sid == sid), None)
        if name is None or sid not in room.local_participant.track_publications:
            raise Refused(f"this participant publishes no track {sid}")
        at_ns = now_ns()
        await room.local_participant.unpublish_track(sid)
        await self._forget(name)
        return at_ns

    def track(self, sid: str) -> rtc.LocalTrack:
        """A local track by its present sid. Raises Refused."""
        for track in self._tracks.values():
            if track.sid == sid:
                return track
        raise Refused(f"this participant publishes no track {sid}")

    def sync(self) -> None:
        """Bring the hand-overs so far to the disk."""
        for source in self._sources.values():
            source.feed.sync()
            if source.monitor is not None:
                source.monitor.file.sync()

    def close_files(self) -> None:
        """Complete the files at once, without ending the sources."""
        for source in self._sources.values():
            source.task.cancel()
            source.feed.close_file()
            if source.monitor is not None:
                source.monitor.cancel()
                source.monitor.file.close()

    async def close(self) -> None:
        """End all sources."""
        for name in list(self._tracks):
            await self._forget(name)

    def _free_path(self, name: str) -> Path:
        if name in self._tracks:
            raise Refused(f"a track called {name} exists: choose another name")
        return file_path(self._folder, name, ".sent")

    async def _coded(self, command: PublishSound | PublishPicture) -> list[CodedPicture] | None:
        """The encoded pictures of a command that wants such: made now, unless they were before."""
        if not isinstance(command, PublishPicture) or command.options.encoder == "sdk":
            return None
        kbps = command.options.max_bitrate_kbps or DEFAULT_KBPS
        return await asyncio.to_thread(coded_pictures, command.picture, kbps=kbps)

    def _start(
        self,
        command: PublishSound | PublishPicture,
        path: Path,
        loop: list[CodedPicture] | None,
    ) -> _Source:
        feed: Feed | CodedPictureFeed
        if not isinstance(command, PublishPicture):
            if command.options.queue_size_ms < 0 or command.options.queue_size_ms % 10:
                raise Refused(
                    f"queue_size_ms is {command.options.queue_size_ms}: "
                    "the SDK aborts unless it is a multiple of 10"
                )
            feed = SoundFeed(command.sound, command.options, sent=path, health=self._health)
            picture = None
        else:
            picture = command.picture
            if loop is None:
                feed = PictureFeed(picture, command.options, sent=path, health=self._health)
            else:
                feed = CodedPictureFeed(picture, loop, sent=path, health=self._health)
        task = self._supervise(feed.run(), f"source of {command.name}")
        return _Source(feed=feed, task=task, picture=picture, tracks=set())

    def _make_track(self, name: str, source: _Source) -> rtc.LocalTrack:
        track = source.feed.track(name)
        self._tracks[name] = track
        source.tracks.add(name)
        return track

    def _monitor(self, command: PublishSound | PublishPicture, track: rtc.LocalTrack) -> Recorder:
        """Records a local track: the SDK lets a stream read what its source emits."""
        name = f"{command.name}.local"
        recorder: Recorder
        if isinstance(command, PublishPicture):
            path = file_path(self._folder, name, ".frames")
            recorder = PictureRecorder(path, self._supervise)
        else:
            recorder = SoundRecorder(
                file_path(self._folder, name, ".wav"),
                self._supervise,
                sample_rate=command.sound.sample_rate,
                channels=command.sound.channels,
            )
        recorder.attach(track)
        return recorder

    def _source_of(self, name: str) -> _Source | None:
        return next((s for s in self._sources.values() if name in s.tracks), None)

    async def _publish(
        self,
        room: rtc.Room,
        name: str,
        track: rtc.LocalTrack,
        source: _Source,
        options: PublishOptions,
    ) -> Published:
        if isinstance(source.feed, CodedPictureFeed) != (options.encoder == "pre-encoded"):
            raise Refused("all tracks of a source have the same encoder: give each the same option")
        sdk_options = (
            sound_options(options)
            if source.picture is None
            else picture_options(options, source.picture)
        )
        if options.muted:
            track.mute()
        at_ns = now_ns()
        publication = await room.local_participant.publish_track(track, sdk_options)
        return _published(name, source, sid=publication.sid, at_ns=at_ns)

    async def _forget(self, name: str) -> None:
        """Drop a track, and its source when it was the last one of it."""
        self._tracks.pop(name, None)
        for key, source in list(self._sources.items()):
            source.tracks.discard(name)
            if not source.tracks:
                del self._sources[key]
                source.task.cancel()
                await asyncio.wait([source.task], timeout=1.0)
                if source.monitor is not None:
                    await source.monitor.stop()
                await source.feed.close()


def _published(name: str, source: _Source, *, sid: str | None, at_ns: int) -> Published:
    return Published(
        name=name,
        kind="audio" if source.picture is None else "video",
        sid=sid,
        start_ns=source.feed.schedule.start_ns,
        at_ns=at_ns,
        sent=str(source.feed.path),
        monitor=None if source.monitor is None else str(source.monitor.file.path),
    )


def file_path(folder: Path, name: str, suffix: str) -> Path:
    """A file of this participant. Raises Refused for a name that is taken."""
    path = folder / f"{file_name(name)}{suffix}"
    if path.exists():
        raise Refused(f"{path.name} was written before: choose another name")
    return path
