"""What `signalling.ndjson` says about a message: a few facts, never a token, SDP or credential."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from google.protobuf.message import Message
from livekit.protocol import models, rtc

from harness.gateway.interceptors import Protobuf

Details = dict[str, Any]


def describe(message: Protobuf) -> Details:
    """Details of a message, by its kind; empty for a kind of which nothing is recorded."""
    if isinstance(message, rtc.JoinRequest):
        return _join_request(message)
    kind = message.WhichOneof("message")
    describer = _DESCRIBERS.get(kind or "")
    return describer(getattr(message, kind)) if describer is not None and kind else {}


def enum_name(message: Message, name: str) -> str | int:
    """Lower-case name of an enum's value, or its number when this version does not know it.

    Args:
        message: Any.
        name: Of its field.
    """
    number: int = getattr(message, name)
    enum = message.DESCRIPTOR.fields_by_name[name].enum_type
    value = enum.values_by_number.get(number) if enum is not None else None
    return value.name.lower() if value is not None else number


def _join_request(join: rtc.JoinRequest) -> Details:
    return {
        "sdk": enum_name(join.client_info, "sdk"),
        "version": join.client_info.version,
        "protocol": join.client_info.protocol,
        "m_lines": _m_lines(join.publisher_offer.sdp),
        "tracks": [_add_track(track) for track in join.add_track_requests],
        "reconnect": join.reconnect,
    }


def _m_lines(sdp: str) -> int:
    return sum(line.startswith("m=") for line in sdp.splitlines())


def _description(description: rtc.SessionDescription) -> Details:
    return {"m_lines": _m_lines(description.sdp), "tracks": dict(description.mid_to_track_id)}


def _add_track(track: rtc.AddTrackRequest) -> Details:
    return {
        "cid": track.cid,
        "name": track.name,
        "type": enum_name(track, "type"),
        "source": enum_name(track, "source"),
        "muted": track.muted,
    }


def _track(track: models.TrackInfo) -> Details:
    return {
        "sid": track.sid,
        "name": track.name,
        "type": enum_name(track, "type"),
        "source": enum_name(track, "source"),
        "muted": track.muted,
    }


def _participant(participant: models.ParticipantInfo) -> Details:
    return {
        "sid": participant.sid,
        "identity": participant.identity,
        "state": enum_name(participant, "state"),
        "tracks": [_track(track) for track in participant.tracks],
    }


def _join(join: rtc.JoinResponse) -> Details:
    return {
        "server_version": join.server_info.version,
        "participant": _participant(join.participant),
        "others": [_participant(other) for other in join.other_participants],
    }


def _permission(permission: rtc.SubscriptionPermission) -> Details:
    return {
        "all_participants": permission.all_participants,
        "tracks": [
            {
                "identity": one.participant_identity,
                "participant_sid": one.participant_sid,
                "all_tracks": one.all_tracks,
                "sids": list(one.track_sids),
            }
            for one in permission.track_permissions
        ],
    }


def _subscription(subscription: rtc.UpdateSubscription) -> Details:
    by_participant = (sid for one in subscription.participant_tracks for sid in one.track_sids)
    return {
        "sids": [*subscription.track_sids, *by_participant],
        "subscribe": subscription.subscribe,
    }


def _track_setting(setting: rtc.UpdateTrackSettings) -> Details:
    return {"sids": list(setting.track_sids)} | _fields(
        setting, ("disabled", "quality", "width", "height", "fps")
    )


def _published(published: rtc.TrackPublishedResponse) -> Details:
    return {"cid": published.cid, **_track(published.track)}


def _sync_state(state: rtc.SyncState) -> Details:
    return {
        "published": [_published(track) for track in state.publish_tracks],
        "subscription": _subscription(state.subscription),
        "disabled": list(state.track_sids_disabled),
    }


def _qualities(update: rtc.SubscribedQualityUpdate) -> Details:
    def named(qualities: Iterable[rtc.SubscribedQuality]) -> dict[str, bool]:
        return {str(enum_name(one, "quality")): one.enabled for one in qualities}

    return {
        "sid": update.track_sid,
        "qualities": named(update.subscribed_qualities),
        "codecs": {one.codec: named(one.qualities) for one in update.subscribed_codecs},
    }


def _each(name: str, key: str, fields: tuple[str, ...]) -> Callable[[Any], Details]:
    return lambda message: {key: [_fields(one, fields) for one in getattr(message, name)]}


def _only(*fields: str) -> Callable[[Any], Details]:
    return lambda message: _fields(message, fields)


def _fields(message: Message, names: tuple[str, ...]) -> Details:
    values = {}
    for name in names:
        field = message.DESCRIPTOR.fields_by_name[name]
        values[name] = enum_name(message, name) if field.enum_type else getattr(message, name)
    return values


_DESCRIBERS: dict[str, Callable[[Any], Details]] = {
    "offer": _description,
    "answer": _description,
    "trickle": _only("target", "final"),
    "add_track": _add_track,
    "mute": _only("sid", "muted"),
    "subscription": _subscription,
    "track_setting": _track_setting,
    "subscription_permission": _permission,
    "sync_state": _sync_state,
    "leave": _only("reason", "action", "can_reconnect"),
    "simulate": lambda message: {"scenario": message.WhichOneof("scenario")},
    "join": _join,
    "update": lambda update: {"participants": [_participant(one) for one in update.participants]},
    "track_published": _published,
    "track_unpublished": _only("track_sid"),
    "track_subscribed": _only("track_sid"),
    "subscription_permission_update": _only("participant_sid", "track_sid", "allowed"),
    "subscription_response": _only("track_sid", "err"),
    "subscribed_quality_update": _qualities,
    "stream_state_update": _each(
        "stream_states", "streams", ("participant_sid", "track_sid", "state")
    ),
    "connection_quality": _each("updates", "participants", ("participant_sid", "quality", "score")),
    "speakers_changed": _each("speakers", "speakers", ("sid", "level", "active")),
    "request_response": _only("request_id", "reason"),
}
