"""A program of the user's own in the room of a stage: it comes through the gateway like everybody.

Of a guest there is what the gateway sees and what participants record; its SDK says nothing to us.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from harness.evidence.clock import NS_PER_S, now_ns
from harness.evidence.signalling import read_signalling
from harness.gateway.client import ParticipantState, PublishedTrack, State
from harness.processes.child import Exit
from harness.stage.errors import GuestDied, ServerRefused, StageError
from harness.stage.guest_track import GuestPicture, GuestSound, GuestTrack

JOIN_LIMIT_S = 30.0
"""A program that loads models before it joins takes seconds."""
TRACK_LIMIT_S = 10.0
_POLL_S = 0.05
_END_LIMIT_S = 3.0
_LAST_LINES = 10

Track = TypeVar("Track", bound=GuestTrack)
T = TypeVar("T")


class Process(Protocol):
    """What is needed of the guest's process; `harness.processes.child.Child` has it."""

    exited: Exit | None

    def wait(self, timeout_s: float) -> Exit | None: ...  # noqa: D102
    def terminate(self) -> None: ...  # noqa: D102
    def kill(self) -> None: ...  # noqa: D102
    def last_lines(self, n: int = 10) -> list[str]: ...  # noqa: D102


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a guest needs of its stage."""

    folder: Path
    """Of the stage: signalling is recorded there."""
    gateway: Callable[[], Awaitable[State]]
    """Who the gateway says is there."""
    room: Callable[[], Awaitable[list[str]]]
    """Identities of who is in the room, as the server says."""


class Guest:
    """A participant that the harness does not drive. Made by `Stage.guest`."""

    def __init__(
        self,
        identity: str,
        ticket: Mapping[str, str],
        around: Surroundings,
        process: Process | None = None,
    ) -> None:
        self.identity = identity
        self.url = ticket["url"]
        """Of the gateway: the guest takes it for its LiveKit server."""
        self.token = ticket["token"]
        self._around = around
        self._process = process

    async def joined(self, *, within_s: float = JOIN_LIMIT_S) -> int:
        """Wait until the server has let it into the room; returns the monotonic ns of that.

        Raises:
            StageError: it has not joined in time, or joined by another way than the gateway.
            GuestDied: its process ended.
        """
        join_ns = await self._until(self._join_ns, within_s)
        if join_ns is None:
            raise StageError(await self._not_joined(within_s))
        return join_ns

    async def sound(
        self, *, name: str | None = None, within_s: float = TRACK_LIMIT_S
    ) -> GuestSound:
        """A sound that it publishes now, waited for: the last of them, or the one of this name.

        Raises:
            StageError: it publishes none in time.
            GuestDied: its process ended.
        """
        return await self._track(GuestSound, "audio", name, within_s)

    async def picture(
        self, *, name: str | None = None, within_s: float = TRACK_LIMIT_S
    ) -> GuestPicture:
        """As `sound`, of pictures."""
        return await self._track(GuestPicture, "video", name, within_s)

    def sdk(self) -> str | None:
        """Its SDK and version as its request to join names them; None where it names none."""
        for message in reversed(read_signalling(self._around.folder)):
            if message.participant == self.identity and message.kind == "join_request":
                return f"{message.details['sdk']} {message.details['version']}"
        return None

    def check_alive(self) -> None:
        """Raise GuestDied when its process has ended, by whatever exit code: nobody asked it to."""
        if self._process is not None and self._process.exited is not None:
            raise GuestDied(
                self.identity, self._process.exited, self._process.last_lines(_LAST_LINES)
            )

    async def close(self) -> None:
        """End its process: it is asked to, and killed if it does not."""
        if self._process is None:
            return
        self._process.terminate()
        if await asyncio.to_thread(self._process.wait, _END_LIMIT_S) is None:
            self._process.kill()
            await asyncio.to_thread(self._process.wait, _END_LIMIT_S)

    async def _state(self) -> ParticipantState | None:
        return (await self._around.gateway()).participants.get(self.identity)

    async def _track(
        self, kind: type[Track], medium: str, name: str | None, limit_s: float
    ) -> Track:
        async def last() -> tuple[str, PublishedTrack] | None:
            state = await self._state()
            tracks = state.tracks if state is not None else {}
            wanted = [
                (sid, track)
                for sid, track in tracks.items()
                if track.medium == medium and name in (None, track.name)
            ]
            return wanted[-1] if wanted else None

        found = await self._until(last, limit_s)
        if found is None:
            state = await self._state()
            there = [f"{t.medium} {t.name!r}" for t in state.tracks.values()] if state else []
            raise StageError(
                f"guest {self.identity} published no {medium}{f' {name!r}' if name else ''} within "
                f"{limit_s:g} s; it publishes {', '.join(there) or 'nothing'}"
            )
        sid, track = found
        return kind(publisher=self.identity, sid=sid, track_name=track.name)

    async def _until(self, what: Callable[[], Awaitable[T | None]], limit_s: float) -> T | None:
        """What comes in time, or None."""
        deadline = now_ns() + int(limit_s * NS_PER_S)
        # What is waited for happens in other processes: there is no event to wait for.
        while True:
            self.check_alive()
            found = await what()
            if found is not None or now_ns() >= deadline:
                return found
            await asyncio.sleep(_POLL_S)

    async def _not_joined(self, within_s: float) -> str:
        try:
            there = self.identity in await self._around.room()
        except ServerRefused:
            there = False
        if there:
            return (
                f"guest {self.identity} is in the room, and did not come through the gateway: "
                f"nothing of it counts; have it connect to LIVEKIT_URL, here {self.url}"
            )
        return (
            f"guest {self.identity} did not join within {within_s:g} s: have it connect to "
            f"LIVEKIT_URL, here {self.url}, with LIVEKIT_TOKEN"
        )

    async def _join_ns(self) -> int | None:
        """When the server let it in; where it joined again, the last time."""
        for message in reversed(read_signalling(self._around.folder)):
            if (message.participant, message.kind) == (self.identity, "join"):
                return message.at_ns
        return None
