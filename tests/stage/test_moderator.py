from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from aiohttp import web
from google.protobuf.message import Message
from livekit import api

from harness.evidence.clock import now_ns
from harness.evidence.moderator_call import read_calls
from harness.server.model import Server
from harness.signals.sound import Tone
from harness.stage.errors import ServerRefused
from harness.stage.moderator import Moderator
from harness.stage.tokens import Grants
from tests.stage.test_rooms import server_at

if TYPE_CHECKING:
    from harness.stage.stage import Stage

Asked = list[tuple[str, bytes]]
Start = Callable[..., Awaitable[tuple[Moderator, Asked]]]
LIMIT_S = 20.0


@pytest_asyncio.fixture
async def service() -> AsyncIterator[Start]:
    """Starts a server API that answers everything alike; gives what it was asked."""
    async with AsyncExitStack() as stack:

        async def start(
            answer: Message | None = None,
            status: int = 200,
            before_removal: Callable[[str | None], Awaitable[None]] | None = None,
            ignores_grants: bool = False,
            folder: Path | None = None,
        ) -> tuple[Moderator, Asked]:
            asked: Asked = []

            async def handle(request: web.Request) -> web.Response:
                asked.append((request.path.rpartition("/")[2], await request.read()))
                if status != 200:
                    return web.json_response({"code": "not_found", "msg": "gone"}, status=status)
                body = answer.SerializeToString() if answer is not None else b""
                return web.Response(body=body, content_type="application/protobuf")

            app = web.Application()
            app.router.add_route("*", "/{path:.*}", handle)
            runner = web.AppRunner(app, shutdown_timeout=0.1)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            server = server_at(f"ws://127.0.0.1:{runner.addresses[0][1]}")
            moderator = Moderator(
                server, "r1", before_removal=before_removal,
                ignores_grants=ignores_grants, folder=folder,
            )  # fmt: skip
            return moderator, asked

        yield start


@pytest.mark.asyncio
async def test_permissions_are_set_as_a_whole(service: Start) -> None:
    moderator, asked = await service()
    before = now_ns()
    at_ns = await moderator.set_permission(
        "bob", Grants(can_subscribe=False, can_publish_sources=("microphone",))
    )

    [(method, body)] = asked
    request = api.UpdateParticipantRequest.FromString(body)
    assert (method, request.room, request.identity) == ("UpdateParticipant", "r1", "bob")
    assert not request.permission.can_subscribe
    assert request.permission.can_publish
    assert list(request.permission.can_publish_sources) == [api.TrackSource.MICROPHONE]
    assert before < at_ns < now_ns()


@pytest.mark.asyncio
async def test_one_who_forbids_nothing_permits_all(service: Start) -> None:
    moderator, asked = await service(api.ParticipantInfo(), ignores_grants=True)
    await moderator.set_permission("bob", Grants(can_subscribe=False))

    request = api.UpdateParticipantRequest.FromString(asked[0][1])
    assert request.permission.can_subscribe


@pytest.mark.asyncio
async def test_a_room_is_made_with_its_settings_and_asked_for_its_people(service: Start) -> None:
    bob = api.ParticipantInfo(identity="bob")
    moderator, asked = await service(api.ListParticipantsResponse(participants=[bob]))

    assert await moderator.participants() == ["bob"]
    await moderator.create_room(sync_streams=True, departure_timeout_s=1)
    await moderator.remove("bob")
    made = api.CreateRoomRequest.FromString(asked[1][1])
    assert [method for method, _ in asked] == [
        "ListParticipants", "CreateRoom", "RemoveParticipant",
    ]  # fmt: skip
    assert (made.name, made.sync_streams, made.departure_timeout) == ("r1", True, 1)


@pytest.mark.asyncio
async def test_it_is_told_before_somebody_is_put_out(service: Start) -> None:
    told: list[tuple[str | None, list[str]]] = []

    async def before_removal(identity: str | None) -> None:
        told.append((identity, [method for method, _ in asked]))

    moderator, asked = await service(before_removal=before_removal)
    await moderator.remove("bob")
    await moderator.delete_room()

    assert told == [("bob", []), (None, ["RemoveParticipant"])]
    assert [method for method, _ in asked] == ["RemoveParticipant", "DeleteRoom"]


@pytest.mark.asyncio
async def test_what_the_server_refuses_is_one_line(service: Start) -> None:
    moderator, _ = await service(status=404)
    with pytest.raises(ServerRefused, match=r"^livekit-server refused: not_found: gone$") as told:
        await moderator.remove("bob")

    assert told.value.code == "not_found"


@pytest.mark.asyncio
async def test_what_was_asked_for_is_written_down_also_where_it_is_refused(
    service: Start, tmp_path: Path
) -> None:
    moderator, _ = await service(status=404, folder=tmp_path)
    with pytest.raises(ServerRefused):
        await moderator.set_permission("bob", Grants(can_publish_sources=("microphone",)))
    with pytest.raises(ServerRefused):
        await moderator.participants()

    [call] = read_calls(tmp_path)
    assert (call.name, call.identity, call.sids) == ("update_participant", "bob", ())
    assert call.details == {
        "can_publish": True,
        "can_subscribe": True,
        "can_publish_data": True,
        "can_publish_sources": ["microphone"],
    }


@pytest.mark.asyncio
async def test_a_server_that_is_not_there_is_one_line_too() -> None:
    gone: Server = server_at("ws://127.0.0.1:9")
    with pytest.raises(ServerRefused, match=r"Client.*: no answer of its API"):
        await Moderator(gone, "r1").rooms()


@pytest.mark.real
@pytest.mark.asyncio
async def test_a_moderator_mutes_and_takes_tracks_away(stage: Stage) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone())
    await bob.told("track_subscribed", sound)

    assert sorted(await stage.moderator.participants()) == ["alice", "bob"]
    assert await stage.moderator.rooms() == [stage.room]
    muted_ns = await stage.moderator.mute(sound)
    assert (await bob.told("track_muted", sound)).at_ns > muted_ns
    unsubscribed_ns = await stage.moderator.unsubscribe("bob", sound)
    mute, unsubscription = read_calls(stage.folder)
    assert (mute.at_ns, mute.identity, mute.sids) == (muted_ns, "alice", (sound.sid,))
    assert (unsubscription.at_ns, unsubscription.identity) == (unsubscribed_ns, "bob")
    with pytest.raises(ServerRefused, match=r"permission_denied|remote unmute"):
        await stage.moderator.unmute(sound)


@pytest.mark.real
@pytest.mark.asyncio
async def test_a_removal_leaves_the_evidence_whole(stage: Stage) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await bob.publish(Tone())
    await (await alice.record(sound)).until_flowing()
    await stage.moderator.remove("bob")
    await alice.told("participant_disconnected")
    await stage.finish()

    assert bob.has_left
    assert bob.last_statistics
