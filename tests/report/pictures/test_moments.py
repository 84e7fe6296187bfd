from __future__ import annotations

from dataclasses import replace

import pytest

from harness.evidence.moderator_call import ModeratorCall
from harness.evidence.sdk_event import SdkEvent
from harness.report.pictures.moments import (
    LONGEST,
    deed,
    is_about_media,
    moderation,
    noticed,
    track_of,
)
from tests.report.pictures.evidence import message

NAMES = {"TR_a": "sound1", "TR_v": "picture2"}


@pytest.mark.parametrize(
    ("direction", "kind", "details", "words"),
    [
        ("client", "add_track", {"name": "sound1"}, "publishes sound1"),
        ("client", "mute", {"sid": "TR_a", "muted": True}, "mutes sound1"),
        ("client", "mute", {"sid": "TR_x", "muted": False}, "unmutes TR_x"),
        ("client", "subscription", {"sids": ["TR_v"], "subscribe": True}, "subscribes to picture2"),
        (
            "client",
            "subscription",
            {"sids": ["TR_a", "TR_v"], "subscribe": False},
            "unsubscribes from 2 tracks",
        ),
        ("client", "subscription_permission", {"all_participants": False}, "allows only some"),
        ("client", "subscription_permission", {"all_participants": True}, "allows everybody"),
        ("client", "track_setting", {"sids": ["TR_v"], "disabled": True}, "disables picture2"),
        (
            "client",
            "track_setting",
            {"sids": ["TR_v"], "quality": "low", "width": 0},
            "asks for low of picture2",
        ),
        (
            "client",
            "track_setting",
            {"sids": ["TR_v"], "width": 320, "height": 180},
            "asks for 320×180 of picture2",
        ),
        ("client", "leave", {}, "leaves"),
        ("client", "websocket_close", {"code": 1000}, ""),
        ("client", "websocket_close", {"code": 1006}, "loses its signalling"),
        ("server", "mute", {"sid": "TR_a", "muted": True}, "is told to be muted: sound1"),
        (
            "server",
            "subscription_permission_update",
            {"track_sid": "TR_a", "allowed": False},
            "is not allowed sound1",
        ),
        (
            "server",
            "subscription_permission_update",
            {"track_sid": "TR_a", "allowed": True},
            "is allowed sound1",
        ),
        ("server", "track_unpublished", {"track_sid": "TR_a"}, "is told that sound1 is gone"),
        ("server", "reconnect", {}, "is taken back"),
        ("client", "websocket_refused", {}, "is refused"),
        ("client", "ping_req", {}, ""),
        ("server", "add_track", {"name": "x"}, ""),
    ],
)
def test_a_deed_in_words(direction: str, kind: str, details: dict[str, object], words: str) -> None:
    said = message(1.0, "alice", direction, kind, **details)  # type: ignore[arg-type]
    assert deed(said, NAMES) == words


@pytest.mark.parametrize(
    ("name", "sids", "details", "words"),
    [
        ("mute_published_track", ["TR_a"], {"muted": True}, "mutes sound1 of bob"),
        ("mute_published_track", ["TR_x"], {"muted": False}, "unmutes TR_x of bob"),
        ("update_subscriptions", ["TR_a"], {"subscribe": True}, "subscribes bob to sound1"),
        ("update_subscriptions", ["TR_a", "TR_v"], {}, "unsubscribes bob from 2 tracks"),
        (
            "update_participant",
            [],
            {"can_publish": True, "can_subscribe": True},
            "says that bob may publish and subscribe",
        ),
        ("update_participant", [], {}, "says that bob may do nothing"),
        (
            "update_participant",
            [],
            {"can_publish": True, "can_publish_sources": ["camera"]},
            "says that bob may publish (only camera)",
        ),
        ("remove_participant", [], {}, "puts bob out"),
        ("delete_room", [], {}, "ends the room"),
        ("create_room", [], {}, ""),
    ],
)
def test_what_a_moderator_asks_for_in_words(
    name: str, sids: list[str], details: dict[str, object], words: str
) -> None:
    call = ModeratorCall(at_ns=1, name=name, identity="bob", sids=tuple(sids), details=details)
    assert moderation(call, NAMES) == words


@pytest.mark.parametrize("details", [{}, {"sids": []}, {"sids": "TR_a"}, {"sid": 7}])
def test_a_message_that_says_little_is_still_words(details: dict[str, object]) -> None:
    assert track_of(details, NAMES)


def test_that_a_track_is_no_longer_published_its_sdk_tells_alone() -> None:
    told = SdkEvent(at_ns=1, participant="alice", name="local_track_unpublished", track="TR_a")

    assert noticed(told, NAMES) == "has unpublished sound1"
    assert noticed(replace(told, name="track_muted"), NAMES) == ""


def test_a_deed_is_short() -> None:
    assert len(deed(message(1.0, "a", "client", "add_track", name="x" * 999), {})) <= LONGEST


def test_a_mute_is_about_media_and_a_departure_is_not() -> None:
    assert is_about_media(message(1.0, "a", "client", "mute", muted=True))
    assert is_about_media(message(1.0, "a", "server", "mute", muted=True))
    assert is_about_media(message(1.0, "a", "server", "subscription_permission_update"))
    assert not is_about_media(message(1.0, "a", "client", "leave"))
    assert not is_about_media(message(1.0, "a", "server", "subscription"))
