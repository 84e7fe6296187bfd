"""One participant's doings with the Python SDK: a room, what it sends, what it records."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from livekit import rtc

from harness.evidence.clock import now_ns
from harness.evidence.sdk_event import SdkEvent
from harness.participant.health import HealthMonitor
from harness.participant.protocol import (
    Done,
    Health,
    Join,
    Joined,
    Mute,
    PublicationState,
    PublishAgain,
    Published,
    PublishPicture,
    PublishSound,
    Record,
    Recording,
    SetDimensions,
    SetEnabled,
    SetPermissions,
    SetQuality,
    StopRecording,
    Subscribe,
    Unmute,
    Unpublish,
    Unsubscribe,
)
from harness.participant.recordings import Recordings
from harness.participant.remote_media import set_dimensions, set_enabled
from harness.participant.sdk_events import listen
from harness.participant.sdk_options import kind_name, quality_value, source_name, track_permission
from harness.participant.statistics import statistics_entry
from harness.participant.supervise import Supervisor
from harness.participant.tracks import OwnTracks, Refused


class Session:
    """Carries out commands. Each method is one command, named after it, and returns its answer."""

    def __init__(
        self,
        identity: str,
        folder: Path,
        *,
        emit: Callable[[SdkEvent], None],
        supervise: Supervisor,
        health: HealthMonitor,
    ) -> None:
        self._identity, self._emit, self._health = identity, emit, health
        self._room: rtc.Room | None = None
        self._tracks = OwnTracks(folder, health, supervise)
        self._recordings = Recordings(folder, supervise)

    async def join(self, command: Join) -> Joined:
        """Connect. Never cancelled: the SDK ends the process when its connect is."""
        if self._room is not None:
            raise Refused("joined already: leave first")
        room = rtc.Room()
        listen(room, self._identity, self._emit)
        room.on("track_subscribed", self._recordings.track_subscribed)
        options = rtc.RoomOptions(
            auto_subscribe=command.options.auto_subscribe,
            dynacast=command.options.dynacast,
            single_peer_connection=command.options.single_peer_connection,
        )
        self._room = room
        began_ns = now_ns()
        try:
            await room.connect(command.url, command.token, options)
        except BaseException:
            self._room = None
            raise
        at_ns = now_ns()
        self._health.restart()
        return Joined(
            sid=room.local_participant.sid,
            room_sid=await room.sid,
            began_ns=began_ns,
            at_ns=at_ns,
        )

    async def leave(self) -> Health:
        """End recordings and sources, then disconnect; how well it kept up until then."""
        health = self._health.report()
        await self._recordings.close()
        await self._tracks.close()
        if self._room is not None:
            await self._room.disconnect()
            self._room = None
        return health

    async def publish(self, command: PublishSound | PublishPicture) -> Published:
        """Publish a sound or a picture."""
        return await self._tracks.publish(command, self._room)

    async def publish_again(self, command: PublishAgain) -> Published:
        """Publish one more track of a source."""
        return await self._tracks.publish_again(command, self._joined())

    async def unpublish(self, command: Unpublish) -> Done:
        """Take a track back."""
        return Done(at_ns=await self._tracks.unpublish(command.sid, self._joined()))

    async def mute(self, command: Mute) -> Done:
        """Mute a track of this participant."""
        track = self._tracks.track(command.sid)
        at_ns = now_ns()
        track.mute()
        return Done(at_ns=at_ns)

    async def unmute(self, command: Unmute) -> Done:
        """Unmute a track of this participant."""
        track = self._tracks.track(command.sid)
        at_ns = now_ns()
        track.unmute()
        return Done(at_ns=at_ns)

    async def subscribe(self, command: Subscribe) -> Done:
        """Ask for a remote track."""
        return self._set_subscribed(command.sid, subscribed=True)

    async def unsubscribe(self, command: Unsubscribe) -> Done:
        """Ask for a remote track no longer."""
        return self._set_subscribed(command.sid, subscribed=False)

    async def set_quality(self, command: SetQuality) -> Done:
        """Say the most that is wanted of a simulcast track."""
        publication, quality = self._remote(command.sid), quality_value(command.quality)
        at_ns = now_ns()
        publication.set_video_quality(quality)
        return Done(at_ns=at_ns)

    async def set_dimensions(self, command: SetDimensions) -> Done:
        """Say how large a picture will be shown."""
        publication = self._remote(command.sid)
        at_ns = now_ns()
        set_dimensions(publication, command.width, command.height)
        return Done(at_ns=at_ns)

    async def set_enabled(self, command: SetEnabled) -> Done:
        """Say whether media of a subscribed track is wanted."""
        publication = self._remote(command.sid)
        at_ns = now_ns()
        set_enabled(publication, command.enabled)
        return Done(at_ns=at_ns)

    async def set_permissions(self, command: SetPermissions) -> Done:
        """Say who may subscribe."""
        allowed = [track_permission(permission) for permission in command.allowed]
        participant = self._joined().local_participant
        at_ns = now_ns()
        participant.set_track_subscription_permissions(
            allow_all_participants=command.allow_all, participant_permissions=allowed
        )
        return Done(at_ns=at_ns)

    async def record(self, command: Record) -> Recording:
        """Record a remote track."""
        return await self._recordings.record(command, self._joined())

    async def stop_recording(self, command: StopRecording) -> Done:
        """Complete a recording."""
        return Done(at_ns=await self._recordings.stop(command.sid))

    async def statistics(self) -> list[dict[str, Any]]:
        """WebRTC statistics of all transports."""
        at_ns = now_ns()
        stats = await self._joined().get_rtc_stats()
        sides = (("publisher", stats.publisher_stats), ("subscriber", stats.subscriber_stats))
        return [
            statistics_entry(entry, side=side, at_ns=at_ns)
            for side, entries in sides
            for entry in entries
        ]

    async def publications(self) -> list[PublicationState]:
        """What the SDK says is published in the room, local tracks first."""
        room = self._joined()
        participants: list[rtc.Participant] = [room.local_participant]
        participants.extend(room.remote_participants.values())
        return [
            _state(participant.identity, publication)
            for participant in participants
            for publication in participant.track_publications.values()
        ]

    def sync(self) -> None:
        """Bring all files up to date on the disk."""
        self._tracks.sync()
        self._recordings.sync()

    def close_files(self) -> None:
        """Complete all files at once; the process is about to end."""
        self._tracks.close_files()
        self._recordings.close_files()

    @property
    def room(self) -> rtc.Room | None:
        """The SDK's room, once joined."""
        return self._room

    def _joined(self) -> rtc.Room:
        if self._room is None:
            raise Refused("this needs a room: join first")
        return self._room

    def _set_subscribed(self, sid: str, *, subscribed: bool) -> Done:
        publication = self._remote(sid)
        at_ns = now_ns()
        publication.set_subscribed(subscribed)
        return Done(at_ns=at_ns)

    def _remote(self, sid: str) -> rtc.RemoteTrackPublication:
        for participant in self._joined().remote_participants.values():
            publication = participant.track_publications.get(sid)
            if publication is not None:
                return publication
        raise Refused(f"nobody publishes {sid} in this room")


def _state(identity: str, publication: rtc.TrackPublication) -> PublicationState:
    remote = isinstance(publication, rtc.RemoteTrackPublication)
    return PublicationState(
        identity=identity,
        sid=publication.sid,
        name=publication.name,
        kind=kind_name(publication.kind),
        source=source_name(publication.source),
        local=not remote,
        muted=publication.muted,
        subscribed=isinstance(publication, rtc.RemoteTrackPublication) and publication.subscribed,
        has_track=publication.track is not None,
        simulcasted=publication.simulcasted,
        mime_type=publication.mime_type,
        width=publication.width,
        height=publication.height,
    )
