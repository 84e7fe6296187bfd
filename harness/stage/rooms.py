"""Rooms on a deployment that is not ours: nothing of a stage is left there."""

from __future__ import annotations

import logging

from aiohttp import ClientError, ClientTimeout
from livekit import api

from harness.server.model import Server

log = logging.getLogger(__name__)

LIMIT_S = 5.0


async def delete_room(server: Server, room: str) -> None:
    """Delete a room, if it is still there. What cannot be deleted is logged: it ends by itself."""
    url = server.url.replace("ws", "http", 1)
    rooms = api.LiveKitAPI(
        url, server.api_key, server.api_secret, timeout=ClientTimeout(total=LIMIT_S)
    )
    try:
        await rooms.room.delete_room(api.DeleteRoomRequest(room=room))
    except api.TwirpError as error:
        if error.code != api.TwirpErrorCode.NOT_FOUND:
            log.warning("room %s could not be deleted: %s", room, error.code)
    except (ClientError, OSError, TimeoutError) as error:
        log.warning("room %s could not be deleted: %s", room, type(error).__name__)
    finally:
        await rooms.aclose()
