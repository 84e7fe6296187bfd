"""All guests of a stage: invited, watched, checked and ended."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence

from harness.evidence.file_name import file_name
from harness.evidence.ledger import Ledger
from harness.gateway.client import State
from harness.gateway.relay_messages import Snapshot
from harness.processes.keeper_client import Keeper, KeeperError
from harness.server.model import Server
from harness.stage.errors import StageError
from harness.stage.guest import Guest, Process, Surroundings
from harness.stage.path_check import check_guest_path

LOG = "guest.log"
"""What a guest's program prints, in a folder named after it."""


class Guests:
    """Programs of the user's own, in the order in which they were invited."""

    def __init__(self, keeper: Keeper, server: Server, room: str, around: Surroundings) -> None:
        self._keeper, self._server, self._room, self._around = keeper, server, room, around
        self._guests: list[Guest] = []

    @property
    def identities(self) -> list[str]:
        """Who they are."""
        return [guest.identity for guest in self._guests]

    async def invite(
        self, identity: str, ticket: Mapping[str, str], command: Sequence[str] | None
    ) -> Guest:
        """Make a guest; where there is a command, start it and wait until it has joined.

        Raises:
            StageError: it cannot be started, or has not joined in time.
            GuestDied: it ended before it had joined.
        """
        process = None
        if command is not None:
            process = await asyncio.to_thread(self._start, identity, ticket, command)
        guest = Guest(identity, ticket, self._around, process)
        self._guests.append(guest)
        if command is not None:
            await guest.joined()
        return guest

    def check_alive(self) -> None:
        """Raise GuestDied when the process of one has ended."""
        for guest in self._guests:
            guest.check_alive()

    def check_path(self, state: State, snapshot: Snapshot, ledger: Ledger) -> None:
        """Raise StageError unless the media of each took the way through the gateway."""
        for identity in self.identities:
            check_guest_path(identity, state.participants.get(identity), snapshot, ledger)

    def sdk(self) -> dict[str, str]:
        """SDK and version of those who named them."""
        return {guest.identity: sdk for guest in self._guests if (sdk := guest.sdk()) is not None}

    async def close(self) -> None:
        """End all their processes."""
        await asyncio.gather(*(guest.close() for guest in self._guests))

    def _start(self, identity: str, ticket: Mapping[str, str], command: Sequence[str]) -> Process:
        """Start a program with the environment of the run, and what tells it where to join.

        LIVEKIT_API_KEY and LIVEKIT_API_SECRET are for one that makes its tokens by itself.
        """
        if isinstance(command, str):
            raise TypeError(f"guest {identity}: write its command as a list, [program, argument …]")
        folder = self._around.folder / file_name(identity)
        folder.mkdir(exist_ok=True)
        environment = {
            **os.environ,
            "LIVEKIT_URL": ticket["url"],
            "LIVEKIT_TOKEN": ticket["token"],
            "LIVEKIT_ROOM": self._room,
            "LIVEKIT_API_KEY": self._server.api_key,
            "LIVEKIT_API_SECRET": self._server.api_secret,
            "PYTHONUNBUFFERED": "1",
        }
        try:
            return self._keeper.spawn(command, name=identity, log=folder / LOG, env=environment)
        except KeeperError as error:
            raise StageError(f"guest {identity}: {error}") from None
