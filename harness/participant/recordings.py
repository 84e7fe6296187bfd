"""What a participant records: its recorders, by the sid of the track."""

from __future__ import annotations

import asyncio
from pathlib import Path

from livekit import rtc

from harness.evidence.clock import now_ns
from harness.participant.protocol import Record, Recording
from harness.participant.recording import PictureRecorder, Recorder, SoundRecorder
from harness.participant.supervise import Supervisor
from harness.participant.tracks import Refused, file_path


class Recordings:
    """Recorders of remote tracks; follows tracks that are subscribed again."""

    def __init__(self, folder: Path, supervise: Supervisor) -> None:
        self._folder, self._supervise = folder, supervise
        self._recorders: dict[str, Recorder] = {}
        self._subscribed = asyncio.Event()

    def track_subscribed(self, track: rtc.Track) -> None:
        """For the event of that name: continue a recording of the track, wake who waits for it."""
        recorder = self._recorders.get(track.sid)
        if recorder is not None:
            recorder.attach(track)
        self._subscribed.set()

    async def record(self, command: Record, room: rtc.Room) -> Recording:
        """Wait until the track is subscribed, then record it."""
        track, publisher = await self._wait_for_track(command, room)
        if command.sid in self._recorders:
            raise Refused(f"{command.sid} is being recorded: stop that recording first")
        if command.keep_every < 0:
            raise Refused(f"keep_every is {command.keep_every}: choose 1 or more, or 0 for none")
        recorder: Recorder
        if isinstance(track, rtc.RemoteVideoTrack):
            recorder = PictureRecorder(
                file_path(self._folder, command.name, ".frames"),
                self._supervise,
                keep_every=command.keep_every,
            )
        else:
            recorder = SoundRecorder(
                file_path(self._folder, command.name, ".wav"),
                self._supervise,
                sample_rate=command.sample_rate,
                channels=command.channels,
            )
        self._recorders[command.sid] = recorder
        at_ns = now_ns()
        recorder.attach(track)
        return Recording(
            kind=recorder.kind, path=str(recorder.file.path), publisher=publisher, at_ns=at_ns
        )

    async def stop(self, sid: str) -> int:
        """End one recording and complete its files. Time of the end."""
        recorder = self._recorders.pop(sid, None)
        if recorder is None:
            raise Refused(f"{sid} is not being recorded")
        at_ns = now_ns()
        await recorder.stop()
        return at_ns

    async def close(self) -> None:
        """End all recordings; streams must be closed before the process ends."""
        for sid in list(self._recorders):
            await self.stop(sid)

    def sync(self) -> None:
        """Bring everything so far to the disk."""
        for recorder in self._recorders.values():
            recorder.file.sync()

    def close_files(self) -> None:
        """Complete the files at once, without closing the streams."""
        for recorder in self._recorders.values():
            recorder.cancel()
            recorder.file.close()

    async def _wait_for_track(self, command: Record, room: rtc.Room) -> tuple[rtc.Track, str]:
        try:
            async with asyncio.timeout(command.timeout_s):
                while (found := _subscribed_track(room, command.sid)) is None:
                    self._subscribed.clear()
                    await self._subscribed.wait()
                return found
        except TimeoutError:
            raise Refused(
                f"{command.sid} was not subscribed within {command.timeout_s:g} s"
            ) from None


def _subscribed_track(room: rtc.Room, sid: str) -> tuple[rtc.Track, str] | None:
    for participant in room.remote_participants.values():
        publication = participant.track_publications.get(sid)
        if publication is not None and publication.track is not None:
            return publication.track, participant.identity
    return None
