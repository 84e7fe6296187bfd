"""Rooms on a deployment that is not ours: nothing of a stage is left there."""

from __future__ import annotations

import logging

from harness.server.model import Server
from harness.stage.errors import ServerRefused
from harness.stage.moderator import Moderator

log = logging.getLogger(__name__)

GONE = "not_found"


async def delete_room(server: Server, room: str) -> None:
    """Delete a room, if it is still there. What cannot be deleted is logged: it ends by itself."""
    try:
        await Moderator(server, room).delete_room()
    except ServerRefused as refusal:
        if refusal.code != GONE:
            log.warning("room %s could not be deleted: %s", room, refusal.code)
