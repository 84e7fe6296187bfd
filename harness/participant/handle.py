"""A participant as the run sees it: typed calls, its events, and a clear end when it dies."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, Self

import msgspec

from harness.evidence.application_call import ApplicationCall, append_call
from harness.evidence.recording import AudioRecording, VideoRecording
from harness.evidence.sdk_event import SdkEvent
from harness.participant import protocol
from harness.participant.connection import CommandTimedOut, Connection
from harness.participant.protocol import (
    Done,
    Fault,
    Health,
    Hello,
    Joined,
    JoinOptions,
    Permission,
    PublicationState,
    Published,
    PublishOptions,
)
from harness.processes.keeper_client import Keeper
from harness.signals.generator import SoundSignal
from harness.signals.picture import ColourCode
from harness.signals.spoken import Spoken
from harness.signals.sweep import Sweep

WORKER = "harness.participant.worker"
"""Module that a keeper preloads; its `main` is what it forks."""
_JOIN_LIMIT_S = 20.0
_ANSWER_S = 5.0
"""What a call that waits inside the participant gets on top, for the answer itself."""
_DEFAULT_OPTIONS = PublishOptions()
_JOIN_OPTIONS = JoinOptions()


class ParticipantHandle:
    """Drives one participant process. Every call has a time limit.

    Any call raises ParticipantDied when the process is dead or dies meanwhile, CommandFailed when
    it refuses, CommandTimedOut when it does not answer.
    """

    def __init__(self, connection: Connection, *, folder: Path) -> None:
        self._connection = connection
        self.identity = connection.identity
        self.folder = folder

    @classmethod
    async def start(
        cls, keeper: Keeper, *, identity: str, folder: Path, tampers: tuple[str, ...] = ()
    ) -> Self:
        """Fork a participant, and wait for its hello.

        Args:
            keeper: It should have preloaded `WORKER`, else the start takes 0.3 s longer.
            identity: What the participant is called in files and errors, and in the room.
            folder: Made if it is not there; gets `events.ndjson`, `calls.ndjson`, `worker.log`,
                recordings and `.sent` files.
            tampers: `module:callable` each, what a sabotage does in its process.
        """
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        child = keeper.fork(f"{WORKER}:main", name=identity, log=folder / "worker.log")
        connection = await Connection.open(child, identity=identity, folder=folder)
        try:
            if tampers:
                await connection.call(protocol.Tamper(identity=identity, tampers=tampers), Done)
            begin = protocol.Begin(identity=identity, folder=_absolute(folder))
            await connection.call(begin, Done)
        except BaseException:
            await connection.close()
            raise
        return cls(connection, folder=folder)

    @property
    def hello(self) -> Hello:
        """Protocol version, SDK and features."""
        return self._connection.hello

    @property
    def pid(self) -> int:
        """Process id of the participant."""
        return self._connection.child.pid

    @property
    def events(self) -> list[SdkEvent]:
        """All SDK events so far, in the order in which they came; the list grows."""
        return self._connection.events

    @property
    def faults(self) -> list[Fault]:
        """Sources and recordings that ended by an error; what they left is incomplete."""
        return self._connection.faults

    async def join(
        self,
        *,
        url: str,
        token: str,
        options: JoinOptions = _JOIN_OPTIONS,
        timeout_s: float = _JOIN_LIMIT_S,
    ) -> Joined:
        """Connect to a room.

        The SDK's connect must not be cancelled, so a join that takes too long kills the process.
        """
        command = protocol.Join(url=url, token=token, options=options)
        try:
            return await self._connection.call(command, Joined, timeout_s=timeout_s)
        except CommandTimedOut:
            self._connection.child.kill()
            raise

    async def publish(
        self,
        *,
        name: str,
        signal: SoundSignal | ColourCode,
        options: PublishOptions = _DEFAULT_OPTIONS,
        hold: bool = False,
    ) -> Published:
        """Start a source and publish a track of it; `hold` makes the track and publishes nothing.

        `name` is the track's name and that of its `.sent` file.
        """
        command: protocol.PublishSound | protocol.PublishPicture
        if isinstance(signal, ColourCode):
            command = protocol.PublishPicture(name=name, picture=signal, options=options, hold=hold)
        elif isinstance(signal, Sweep):
            command = protocol.PublishSweep(name=name, sweep=signal, options=options, hold=hold)
        elif isinstance(signal, Spoken):
            spoken = replace(signal, file=_absolute(Path(signal.file)))
            command = protocol.PublishSpoken(name=name, spoken=spoken, options=options, hold=hold)
        else:
            command = protocol.PublishTone(name=name, tone=signal, options=options, hold=hold)
        return await self._published(command)

    async def publish_again(
        self, *, name: str, source_of: str, options: PublishOptions = _DEFAULT_OPTIONS
    ) -> Published:
        """Publish one more track of the source behind the track called `source_of`."""
        command = protocol.PublishAgain(name=name, source_of=source_of, options=options)
        return await self._published(command)

    async def unpublish(self, sid: str) -> int:
        """Take a track back. Monotonic ns of the SDK call, as in the calls below."""
        return await self._done(protocol.Unpublish(sid=sid))

    async def mute(self, sid: str) -> int:
        """Mute an own track."""
        return await self._done(protocol.Mute(sid=sid))

    async def unmute(self, sid: str) -> int:
        """Unmute an own track."""
        return await self._done(protocol.Unmute(sid=sid))

    async def subscribe(self, sid: str) -> int:
        """Ask for a remote track."""
        return await self._done(protocol.Subscribe(sid=sid))

    async def unsubscribe(self, sid: str) -> int:
        """Ask for a remote track no longer."""
        return await self._done(protocol.Unsubscribe(sid=sid))

    async def set_quality(self, sid: str, quality: Literal["low", "medium", "high"]) -> int:
        """Say the most that is wanted of a remote simulcast track."""
        return await self._done(protocol.SetQuality(sid=sid, quality=quality))

    async def set_dimensions(self, sid: str, width: int, height: int) -> int:
        """Say how large a remote picture will be shown."""
        return await self._done(protocol.SetDimensions(sid=sid, width=width, height=height))

    async def set_enabled(self, sid: str, enabled: bool) -> int:
        """Say whether media of a subscribed track is wanted."""
        return await self._done(protocol.SetEnabled(sid=sid, enabled=enabled))

    async def set_permissions(self, allow_all: bool, allowed: list[Permission]) -> int:
        """Say who may subscribe to this participant's tracks."""
        return await self._done(
            protocol.SetPermissions(allow_all=allow_all, allowed=tuple(allowed))
        )

    async def record(
        self,
        sid: str,
        *,
        name: str,
        sample_rate: int = 48_000,
        channels: int = 1,
        keep_every: int = 0,
        timeout_s: float = 5.0,
    ) -> AudioRecording | VideoRecording:
        """Record a remote track from now on, or from when it is subscribed.

        With `keep_every`, each n-th picture is kept whole: see `evidence.kept_pictures`.
        The recording grows while it lasts: read it once, after `stop_recording` or `leave`.
        Raises CommandFailed when the track is not subscribed within `timeout_s`.
        """
        command = protocol.Record(
            sid=sid,
            name=name,
            sample_rate=sample_rate,
            channels=channels,
            keep_every=keep_every,
            timeout_s=timeout_s,
        )
        began = await self._connection.call(
            command, protocol.Recording, timeout_s=timeout_s + _ANSWER_S
        )
        made = AudioRecording if began.kind == "audio" else VideoRecording
        return made(
            path=Path(began.path), subscriber=self.identity, publisher=began.publisher, track=sid
        )

    async def stop_recording(self, sid: str) -> int:
        """Complete the files of a recording."""
        return (await self._connection.call(protocol.StopRecording(sid=sid), Done)).at_ns

    async def statistics(self) -> list[dict[str, Any]]:
        """WebRTC statistics as objects: see `harness.participant.statistics`."""
        return await self._connection.call(protocol.GetStatistics(), list[dict[str, Any]])

    async def health(self) -> Health:
        """How well the participant kept up since the last report, or since it joined."""
        return await self._connection.call(protocol.GetHealth(), Health)

    async def publications(self) -> list[PublicationState]:
        """What the SDK says is published in the room, own tracks first."""
        return await self._connection.call(protocol.GetPublications(), list[PublicationState])

    async def probe(
        self, file: Path, function: str, args: dict[str, Any], *, timeout_s: float = 30.0
    ) -> Any:  # noqa: ANN401 - what the function returns, through JSON
        """Call a function of a Python file in the participant, return its result.

        Raises CommandFailed with the type and text of what the function raised, ParticipantDied
        when it ended the process.
        """
        command = protocol.Probe(file=_absolute(file), function=function, args=args)
        result: object = await self._connection.call(command, object, timeout_s=timeout_s)
        return result

    async def wait_for_event(
        self,
        name: str,
        *,
        track: str | None = None,
        subject: str | None = None,
        since_ns: int = 0,
        timeout_s: float,
    ) -> SdkEvent:
        """The first event of that name at or after `since_ns`, also one that came before.

        Raises CommandTimedOut when none comes.
        """

        def wanted(event: SdkEvent) -> bool:
            return (
                event.name == name
                and event.at_ns >= since_ns
                and (track is None or event.track == track)
                and (subject is None or event.subject == subject)
            )

        return await self._connection.wait_for_event(wanted, name, timeout_s=timeout_s)

    async def leave(self) -> Health:
        """End recordings and sources, leave the room. Health since the last report."""
        return await self._connection.call(protocol.Leave(), Health)

    def kill(self) -> None:
        """End the process by SIGKILL, as a crash would."""
        self._connection.child.kill()

    async def close(self) -> None:
        """End the process, whatever state it is in. Never raises because it is dead."""
        await self._connection.close()

    async def _done(self, command: protocol.Command) -> int:
        at_ns = (await self._connection.call(command, Done)).at_ns
        asked = msgspec.to_builtins(command)
        name, sid = asked.pop("type"), asked.pop("sid", None)
        self._write_down(at_ns, name, sid, asked)
        return at_ns

    async def _published(self, command: protocol.Command) -> Published:
        published = await self._connection.call(command, Published)
        if published.sid is not None:
            self._write_down(published.at_ns, "publish", published.sid, {"name": published.name})
        return published

    def _write_down(self, at_ns: int, name: str, sid: str | None, details: dict[str, Any]) -> None:
        """Signalling tells when the SDK did it, which may be another time."""
        call = ApplicationCall(
            at_ns=at_ns, participant=self.identity, name=name, track=sid, details=details
        )
        append_call(self.folder, call)


def _absolute(path: Path) -> str:
    """The participant has a working directory of its own."""
    return str(Path.cwd() / path)
