"""What `signalling.ndjson` says about a message: a few facts, never a token, SDP or credential."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from google.protobuf.message import Message
from livekit.protocol import models, rtc

from harness.gateway.interceptors import Protobuf

Details = dict[str, Any]
T = TypeVar("T")

MOST = 100
"""Of a list; `<name>_left_out` says how many more it has. A message of many small parts would be a
line of many times its size."""


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
        **_listed("tracks", join.add_track_requests, _add_track),
        "reconnect": join.reconnect,
    }


def _m_lines(sdp: str) -> int:
    return sum(line.startswith("m=") for line in sdp.splitlines())


def _description(description: rtc.SessionDescription) -> Details:
    return {
        "m_lines": _m_lines(description.sdp),
        **_mapped("tracks", description.mid_to_track_id),
    }


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
        **_listed("tracks", participant.tracks, _track),
    }


def _join(join: rtc.JoinResponse) -> Details:
    return {
        "server_version": join.server_info.version,
        "participant": _participant(join.participant),
        **_listed("others", join.other_participants, _participant),
    }


def _permission(permission: rtc.SubscriptionPermission) -> Details:
    return {
        "all_participants": permission.all_participants,
        **_listed("tracks", permission.track_permissions, _track_permission),
    }


def _track_permission(permission: rtc.TrackPermission) -> Details:
    return {
        "identity": permission.participant_identity,
        "participant_sid": permission.participant_sid,
        "all_tracks": permission.all_tracks,
        **_listed("sids", permission.track_sids),
    }


def _subscription(subscription: rtc.UpdateSubscription) -> Details:
    by_participant = (sid for one in subscription.participant_tracks for sid in one.track_sids)
    return {
        **_listed("sids", [*subscription.track_sids, *by_participant]),
        "subscribe": subscription.subscribe,
    }


def _track_setting(setting: rtc.UpdateTrackSettings) -> Details:
    return _listed("sids", setting.track_sids) | _fields(
        setting, ("disabled", "quality", "width", "height", "fps")
    )


def _published(published: rtc.TrackPublishedResponse) -> Details:
    return {"cid": published.cid, **_track(published.track)}


def _sync_state(state: rtc.SyncState) -> Details:
    return {
        **_listed("published", state.publish_tracks, _published),
        "subscription": _subscription(state.subscription),
        **_listed("disabled", state.track_sids_disabled),
    }


def _qualities(update: rtc.SubscribedQualityUpdate) -> Details:
    def named(qualities: Iterable[rtc.SubscribedQuality]) -> dict[str, bool]:
        few = islice(qualities, MOST)
        return {str(enum_name(one, "quality")): one.enabled for one in few}

    codecs = ((one.codec, named(one.qualities)) for one in update.subscribed_codecs)
    return {
        "sid": update.track_sid,
        "qualities": named(update.subscribed_qualities),
        "codecs": dict(islice(codecs, MOST)),
    }


def _each(name: str, key: str, fields: tuple[str, ...]) -> Callable[[Any], Details]:
    return lambda message: _listed(key, getattr(message, name), lambda one: _fields(one, fields))


def _listed(key: str, items: Sequence[T], details: Callable[[T], Any] = lambda one: one) -> Details:
    """The first of a list, and how many more there are."""
    return _counted(key, [details(one) for one in items[:MOST]], len(items))


def _mapped(key: str, items: Mapping[str, str]) -> Details:
    return _counted(key, dict(islice(items.items(), MOST)), len(items))


def _counted(key: str, first: list[Any] | dict[str, str], count: int) -> Details:
    return {key: first} if count <= MOST else {key: first, f"{key}_left_out": count - MOST}


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
    "update": lambda update: _listed("participants", update.participants, _participant),
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
