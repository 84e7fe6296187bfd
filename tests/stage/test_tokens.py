from __future__ import annotations

from itertools import product

import pytest
from livekit import api

from harness.server.model import Server
from harness.stage.tokens import ALL_GRANTS, Grants, token_for

SERVER = Server(
    url="ws://127.0.0.1:1",
    api_key="APIkey",
    api_secret="a-secret-of-at-least-32-characters",
    version="1.13.5",
    backend="binary",
    owned=True,
)


def claims(grants: Grants) -> api.access_token.Claims:
    token = token_for(SERVER, identity="alice", room="r1", grants=grants)
    return api.TokenVerifier(SERVER.api_key, SERVER.api_secret).verify(token)


def test_a_token_is_for_one_identity_and_one_room() -> None:
    claimed = claims(ALL_GRANTS)

    assert claimed.identity == "alice"
    assert claimed.video is not None
    assert (claimed.video.room_join, claimed.video.room) == (True, "r1")
    assert not claimed.video.room_admin


@pytest.mark.parametrize(("publish", "subscribe", "data"), list(product([True, False], repeat=3)))
def test_a_token_allows_what_is_granted(publish: bool, subscribe: bool, data: bool) -> None:
    grants = Grants(can_publish=publish, can_subscribe=subscribe, can_publish_data=data)
    video = claims(grants).video

    assert video is not None
    assert (video.can_publish, video.can_subscribe, video.can_publish_data) == (
        publish,
        subscribe,
        data,
    )


def test_by_default_all_is_allowed() -> None:
    assert Grants(can_publish=True, can_subscribe=True, can_publish_data=True) == ALL_GRANTS
