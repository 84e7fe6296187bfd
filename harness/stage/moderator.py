"""What a backend does to a room through the server API: moderation, seen by nobody's SDK."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientTimeout
from google.protobuf.message import Message
from livekit import api

from harness.evidence.clock import now_ns
from harness.evidence.moderator_call import ModeratorCall, append_call
from harness.server.model import Server
from harness.stage.errors import ServerRefused
from harness.stage.publication import Publication
from harness.stage.tokens import ALL_GRANTS, Grants

LIMIT_S = 5.0


class Moderator:
    """RoomService of LiveKit for one room. Times are the monotonic ns just before the call.

    Every call raises ServerRefused when the server does not do it, or does not answer.
    """

    def __init__(
        self,
        server: Server,
        room: str,
        *,
        before_removal: Callable[[str | None], Awaitable[None]] | None = None,
        ignores_grants: bool = False,
        folder: Path | None = None,
    ) -> None:
        """For one room.

        Args:
            server: Whose API.
            room: Its name.
            before_removal: Awaited before somebody is put out, with the identity, or with None
                before everybody is: what is gone afterwards can be asked for.
            ignores_grants: Whether everything is permitted, whatever is asked for.
            folder: Gets a record of what was asked for; None: nobody reads it.
        """
        self._server, self._room, self._before_removal = server, room, before_removal
        self._ignores_grants = ignores_grants
        self._folder = folder

    async def create_room(
        self, *, sync_streams: bool = False, departure_timeout_s: int = 0
    ) -> None:
        """Create the room with settings of its own, before anybody joins.

        Args:
            sync_streams: Whether sound and pictures of a publisher are one media stream.
            departure_timeout_s: How long the room outlives the last who left; 0 leaves it to the
                server, whose default is 20 s.
        """
        request = api.CreateRoomRequest(
            name=self._room, sync_streams=sync_streams, departure_timeout=departure_timeout_s
        )
        await self._ask("create_room", request)

    async def mute(self, publication: Publication[Any]) -> int:
        """Mute somebody's track."""
        return await self._mute(publication, muted=True)

    async def unmute(self, publication: Publication[Any]) -> int:
        """Unmute it. The server refuses unless its configuration has `enable_remote_unmute`."""
        return await self._mute(publication, muted=False)

    async def set_permission(self, identity: str, grants: Grants) -> int:
        """Give a participant other permissions than its token did."""
        grants = ALL_GRANTS if self._ignores_grants else grants
        permission = api.ParticipantPermission(
            can_publish=grants.can_publish,
            can_subscribe=grants.can_subscribe,
            can_publish_data=grants.can_publish_data,
            can_publish_sources=[source.upper() for source in grants.can_publish_sources],
        )
        request = api.UpdateParticipantRequest(
            room=self._room, identity=identity, permission=permission
        )
        return await self._ask(
            "update_participant",
            request,
            identity=identity,
            details={
                "can_publish": grants.can_publish,
                "can_subscribe": grants.can_subscribe,
                "can_publish_data": grants.can_publish_data,
                "can_publish_sources": list(grants.can_publish_sources),
            },
        )

    async def subscribe(self, identity: str, *publications: Publication[Any]) -> int:
        """Subscribe a participant to tracks."""
        return await self._set_subscribed(identity, *publications, subscribe=True)

    async def unsubscribe(self, identity: str, *publications: Publication[Any]) -> int:
        """Take tracks from a participant."""
        return await self._set_subscribed(identity, *publications, subscribe=False)

    async def remove(self, identity: str) -> int:
        """Put a participant out of the room, which is its end in it.

        One that shall join again must `leave` first, which completes its files.
        """
        await self._prepare_removal(identity)
        request = api.RoomParticipantIdentity(room=self._room, identity=identity)
        return await self._ask("remove_participant", request, identity=identity)

    async def participants(self) -> list[str]:
        """Identities of who is in the room, as the server says."""
        async with self._service() as service:
            answer = await service.list_participants(api.ListParticipantsRequest(room=self._room))
        return [participant.identity for participant in answer.participants]

    async def rooms(self) -> list[str]:
        """Whether the room is there: its name, or nothing."""
        async with self._service() as service:
            answer = await service.list_rooms(api.ListRoomsRequest(names=[self._room]))
        return [room.name for room in answer.rooms]

    async def delete_room(self) -> None:
        """End the room for everybody."""
        await self._prepare_removal(None)
        await self._ask("delete_room", api.DeleteRoomRequest(room=self._room))

    async def _prepare_removal(self, identity: str | None) -> None:
        if self._before_removal is not None:
            await self._before_removal(identity)

    async def _mute(self, publication: Publication[Any], *, muted: bool) -> int:
        request = api.MuteRoomTrackRequest(
            room=self._room,
            identity=publication.publisher,
            track_sid=publication.sid,
            muted=muted,
        )
        return await self._ask(
            "mute_published_track",
            request,
            identity=publication.publisher,
            sids=(publication.sid,),
            details={"muted": muted},
        )

    async def _set_subscribed(
        self, identity: str, *publications: Publication[Any], subscribe: bool
    ) -> int:
        request = api.UpdateSubscriptionsRequest(
            room=self._room,
            identity=identity,
            track_sids=[publication.sid for publication in publications],
            subscribe=subscribe,
        )
        return await self._ask(
            "update_subscriptions",
            request,
            identity=identity,
            sids=tuple(publication.sid for publication in publications),
            details={"subscribe": subscribe},
        )

    async def _ask(
        self,
        name: str,
        request: Message,
        *,
        identity: str | None = None,
        sids: tuple[str, ...] = (),
        details: dict[str, Any] | None = None,
    ) -> int:
        """Call the method of RoomService that changes something; what it answers is not needed."""
        at_ns = now_ns()
        try:
            async with self._service() as service:
                at_ns = now_ns()
                await getattr(service, name)(request)
        finally:
            if self._folder is not None:
                call = ModeratorCall(
                    at_ns=at_ns, name=name, identity=identity, sids=sids, details=details or {}
                )
                append_call(self._folder, call)
        return at_ns

    @asynccontextmanager
    async def _service(self) -> AsyncIterator[Any]:
        url = self._server.url.replace("ws", "http", 1)
        timeout = ClientTimeout(total=LIMIT_S)
        livekit = api.LiveKitAPI(
            url, self._server.api_key, self._server.api_secret, timeout=timeout
        )
        try:
            yield livekit.room
        except api.TwirpError as error:
            raise ServerRefused(error.code, error.message) from error
        except (ClientError, OSError, TimeoutError) as error:
            raise ServerRefused(type(error).__name__, "no answer of its API") from error
        finally:
            await livekit.aclose()
