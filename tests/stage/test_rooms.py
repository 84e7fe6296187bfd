from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from aiohttp import web
from livekit.protocol.room import DeleteRoomRequest

from harness.server.model import Server
from harness.stage.rooms import delete_room

Asked = list[tuple[str, str]]


def server_at(url: str) -> Server:
    return Server(
        url=url, api_key="APIkey", api_secret="a-secret-of-at-least-32-characters",
        version="unknown", backend="external", owned=False,
    )  # fmt: skip


@pytest_asyncio.fixture
async def api_server() -> AsyncIterator[Callable[[int, str], Awaitable[tuple[Server, Asked]]]]:
    """Starts a server that answers everything alike; gives what it was asked."""
    async with AsyncExitStack() as stack:

        async def start(status: int, code: str) -> tuple[Server, Asked]:
            asked: Asked = []

            async def answer(request: web.Request) -> web.Response:
                room = DeleteRoomRequest.FromString(await request.read()).room
                asked.append((request.path, room))
                if status == 200:
                    return web.Response(body=b"", content_type="application/protobuf")
                return web.json_response({"code": code, "msg": "no"}, status=status)

            app = web.Application()
            app.router.add_route("*", "/{path:.*}", answer)
            runner = web.AppRunner(app, shutdown_timeout=0.1)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            return server_at(f"ws://127.0.0.1:{runner.addresses[0][1]}"), asked

        yield start


Start = Callable[[int, str], Awaitable[tuple[Server, Asked]]]


@pytest.mark.parametrize(("status", "code"), [(200, ""), (404, "not_found")])
@pytest.mark.asyncio
async def test_a_room_is_deleted_and_one_that_is_gone_is_well(
    api_server: Start, caplog: pytest.LogCaptureFixture, status: int, code: str
) -> None:
    server, asked = await api_server(status, code)
    with caplog.at_level(logging.WARNING):
        await delete_room(server, "lk-harness-1")

    assert asked == [("/twirp/livekit.RoomService/DeleteRoom", "lk-harness-1")]
    assert caplog.messages == []


@pytest.mark.asyncio
async def test_a_room_that_cannot_be_deleted_is_logged_and_no_error(
    api_server: Start, caplog: pytest.LogCaptureFixture
) -> None:
    server, _ = await api_server(403, "permission_denied")
    with caplog.at_level(logging.WARNING):
        await delete_room(server, "r1")
        await delete_room(server_at("ws://127.0.0.1:9"), "r2")
    refused, unreachable = caplog.messages

    assert refused == "room r1 could not be deleted: permission_denied"
    assert unreachable.startswith("room r2 could not be deleted: Client")
