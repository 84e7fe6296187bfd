from __future__ import annotations

from typing import get_args

import pytest
from livekit import rtc
from livekit.rtc._proto import participant_pb2, track_pb2
from livekit.rtc.room import EventTypes, SipDTMF

from harness.evidence.sdk_event import SdkEvent
from harness.participant.sdk_events import EVENTS, describe, listen


def participant(identity: str) -> rtc.RemoteParticipant:
    owned = participant_pb2.OwnedParticipant()
    owned.info.identity = identity
    return rtc.RemoteParticipant(owned)


def publication(sid: str) -> rtc.RemoteTrackPublication:
    owned = track_pb2.OwnedTrackPublication()
    owned.info.sid, owned.info.name, owned.info.muted = sid, "tone", True
    owned.info.kind = rtc.TrackKind.KIND_AUDIO
    return rtc.RemoteTrackPublication(owned)


def event(name: str, *arguments: object) -> SdkEvent:
    return describe(name, arguments, identity="bob", at_ns=3)


def test_all_events_of_the_sdk_are_known() -> None:
    assert list(EVENTS) == list(get_args(EventTypes))
    assert len(EVENTS) == 36


def test_who_and_which_track() -> None:
    seen = event("track_muted", participant("alice"), publication("TR_a"))

    assert seen == SdkEvent(
        at_ns=3,
        participant="bob",
        name="track_muted",
        subject="alice",
        track="TR_a",
        details={
            "arguments": ["RemoteParticipant", "RemoteTrackPublication"],
            "name": "tone",
            "kind": "audio",
            "muted": True,
        },
    )


@pytest.mark.parametrize(
    ("name", "arguments", "details"),
    [
        ("active_speakers_changed", ([participant("a"), participant("b")],),
         {"arguments": ["list"], "speakers": ["a", "b"]}),
        ("connection_quality_changed", (None, rtc.ConnectionQuality.QUALITY_LOST),
         {"arguments": ["NoneType", "ConnectionQuality"], "quality": "QUALITY_LOST"}),
        ("connection_state_changed", (rtc.ConnectionState.CONN_RECONNECTING,),
         {"arguments": ["int"], "connection_state": "CONN_RECONNECTING"}),
        ("disconnected", (rtc.DisconnectReason.ROOM_DELETED,),
         {"arguments": ["int"], "reason": "ROOM_DELETED"}),
        ("room_metadata_changed", ("a", "b"),
         {"arguments": ["str", "str"], "old": "a", "new": "b"}),
        ("participant_attributes_changed", ({"k": "v"}, participant("a")),
         {"arguments": ["dict", "RemoteParticipant"], "changed": {"k": "v"}}),
        ("participant_permissions_changed",
         (participant("a"), participant_pb2.ParticipantPermission(can_publish=False)),
         {"arguments": ["RemoteParticipant", "ParticipantPermission"],
          "permissions": {"can_publish": False}}),
        ("sip_dtmf_received", (SipDTMF(code=1, digit="1"),),
         {"arguments": ["SipDTMF"], "dtmf": "SipDTMF"}),
        ("reconnecting", (), {"arguments": []}),
    ],
)  # fmt: skip
def test_what_else_the_handler_was_given(
    name: str, arguments: tuple[object, ...], details: dict[str, object]
) -> None:
    assert event(name, *arguments).details == details


def test_sids_and_messages_without_their_contents() -> None:
    failed = event("track_subscription_failed", participant("alice"), "TR_x", "no codec")
    packet = rtc.DataPacket(
        data=b"secret", kind=rtc.DataPacketKind.KIND_RELIABLE, participant=None, topic="chat"
    )

    assert (failed.subject, failed.track) == ("alice", "TR_x")
    assert failed.details["error"] == "no codec"
    assert event("data_received", packet).details == {
        "arguments": ["DataPacket"],
        "topic": "chat",
        "size_bytes": 6,
    }


class FakeRoom:
    """Keeps handlers as the SDK's emitter does."""

    def __init__(self) -> None:
        self.handlers: dict[str, object] = {}

    def on(self, event: str, callback: object) -> None:
        self.handlers[event] = callback


def test_listening_passes_every_event_on() -> None:
    room, seen = FakeRoom(), list[SdkEvent]()

    listen(room, "bob", seen.append)
    assert set(room.handlers) == set(EVENTS)
    handler = room.handlers["track_unpublished"]
    assert callable(handler)
    handler(publication("TR_a"), participant("alice"))

    assert (seen[0].name, seen[0].participant, seen[0].track) == (
        "track_unpublished",
        "bob",
        "TR_a",
    )
    assert seen[0].at_ns > 0
