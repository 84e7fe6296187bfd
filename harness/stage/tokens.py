"""Access tokens: who may join which room, and what they may do there."""

from __future__ import annotations

from dataclasses import dataclass

from livekit import api

from harness.server.external import signed
from harness.server.model import Server


@dataclass(frozen=True, kw_only=True)
class Grants:
    """What a participant's token allows; LiveKit's own defaults."""

    can_publish: bool = True
    can_subscribe: bool = True
    can_publish_data: bool = True
    can_publish_sources: tuple[str, ...] = ()
    """Sources of tracks that may be published, `microphone`, `camera`, …; none named: all."""


ALL_GRANTS = Grants()


def token_for(server: Server, *, identity: str, room: str, grants: Grants) -> str:
    """A token signed with the server's key, valid for LiveKit's default time."""
    video = api.VideoGrants(
        room_join=True,
        room=room,
        can_publish=grants.can_publish,
        can_subscribe=grants.can_subscribe,
        can_publish_data=grants.can_publish_data,
        can_publish_sources=list(grants.can_publish_sources),
    )
    token = api.AccessToken(server.api_key, server.api_secret)
    return signed(token.with_identity(identity).with_grants(video))
