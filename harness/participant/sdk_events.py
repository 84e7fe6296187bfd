"""Everything that the Python SDK tells its application, as `SdkEvent`s.

The handlers are synchronous and take the time first. What an event carries is told by name: see
`EVENTS`. Objects are reduced to what identifies them; contents of messages are not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final, Protocol

from google.protobuf.message import Message
from livekit import rtc

from harness.evidence.clock import now_ns
from harness.evidence.sdk_event import SdkEvent
from harness.participant.sdk_options import kind_name
from harness.participant.statistics import message_object

EVENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "participant_connected": ("participant",),
    "participant_disconnected": ("participant",),
    "participant_active": ("participant",),
    "local_track_published": ("publication", "track"),
    "local_track_unpublished": ("publication",),
    "local_track_republished": ("publication", "previous_sid"),
    "local_track_subscribed": ("track",),
    "track_published": ("publication", "participant"),
    "track_unpublished": ("publication", "participant"),
    "track_subscribed": ("track", "publication", "participant"),
    "track_unsubscribed": ("track", "publication", "participant"),
    "track_subscription_failed": ("participant", "track_sid", "error"),
    "track_muted": ("participant", "publication"),
    "track_unmuted": ("participant", "publication"),
    "active_speakers_changed": ("speakers",),
    "room_metadata_changed": ("old", "new"),
    "participant_metadata_changed": ("participant", "old", "new"),
    "participant_name_changed": ("participant", "old", "new"),
    "participant_attributes_changed": ("changed", "participant"),
    "connection_quality_changed": ("participant", "quality"),
    "participant_encryption_status_changed": ("participant", "encrypted"),
    "participant_permissions_changed": ("participant", "permissions"),
    "data_received": ("packet",),
    "sip_dtmf_received": ("dtmf",),
    "transcription_received": ("segments", "participant", "publication"),
    "e2ee_state_changed": ("participant", "encryption_state"),
    "connection_state_changed": ("connection_state",),
    "connected": (),
    "disconnected": ("reason",),
    "reconnecting": (),
    "reconnected": (),
    "room_updated": (),
    "moved": (),
    "token_refreshed": (),
    "data_track_published": ("data_track",),
    "data_track_unpublished": ("sid",),
}
"""All events of the SDK, with our names for the arguments of their handlers, in order."""

_NUMBERS: Final[Mapping[str, Callable[[Any], str]]] = {
    "connection_state": rtc.ConnectionState.Name,
    "encryption_state": rtc.EncryptionState.Name,
    "reason": rtc.DisconnectReason.Name,
}


class Emitter(Protocol):
    """What emits the events: the SDK's room."""

    def on(self, event: Any, callback: Any) -> object: ...  # noqa: ANN401, D102 - the SDK's


def listen(room: Emitter, identity: str, emit: Callable[[SdkEvent], None]) -> None:
    """Pass every event of the room to `emit`, as seen by participant `identity`."""
    for name in EVENTS:
        room.on(name, _handler(name, identity, emit))


def describe(name: str, arguments: tuple[Any, ...], *, identity: str, at_ns: int) -> SdkEvent:
    """What the handler of event `name` was given, as an event that participant `identity` saw."""
    details: dict[str, Any] = {"arguments": [type(argument).__name__ for argument in arguments]}
    subject: str | None = None
    track: str | None = None
    for key, argument in zip(EVENTS[name], arguments, strict=False):
        if isinstance(argument, rtc.Participant):
            subject = argument.identity
        elif isinstance(argument, rtc.TrackPublication | rtc.Track):
            track = argument.sid
            details.update(_track_details(argument))
        elif key in ("track_sid", "sid"):
            track = argument
        elif isinstance(argument, rtc.DataPacket):
            subject = argument.participant.identity if argument.participant else None
            details.update(topic=argument.topic, size_bytes=len(argument.data))
        elif argument is not None:
            details[key] = _json(key, argument)
    return SdkEvent(
        at_ns=at_ns, participant=identity, name=name, subject=subject, track=track, details=details
    )


def _handler(name: str, identity: str, emit: Callable[[SdkEvent], None]) -> Callable[..., None]:
    def handle(*arguments: object) -> None:
        at_ns = now_ns()
        emit(describe(name, arguments, identity=identity, at_ns=at_ns))

    return handle


def _track_details(thing: rtc.TrackPublication | rtc.Track) -> dict[str, Any]:
    return {"name": thing.name, "kind": kind_name(thing.kind), "muted": thing.muted}


def _json(key: str, value: Any) -> Any:  # noqa: ANN401 - any argument of a handler
    if key in _NUMBERS:
        return _NUMBERS[key](value)
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, rtc.Participant):
        return value.identity
    if isinstance(value, Message):
        return message_object(value)
    if isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, list):
        return [_json("", item) for item in value]
    if isinstance(value, dict):
        return {str(name): _json("", item) for name, item in value.items()}
    return type(value).__name__
