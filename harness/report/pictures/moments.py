"""What participants and server did in an attempt, in words, from the record of their signalling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from harness.evidence.moderator_call import ModeratorCall
from harness.evidence.sdk_event import SdkEvent
from harness.evidence.signalling import SignallingMessage
from harness.report.words import clipped

MODERATOR = "moderator"
"""Who asks for something through the server API."""
UNPUBLISHED = "local_track_unpublished"
"""An SDK offers its server less media then, and sends no message that says so."""
LONGEST = 60


def deed(message: SignallingMessage, names: Mapping[str, str]) -> str:
    """What a message makes happen to media: `mutes sound1`, `subscribes to 2 tracks`; else empty.

    Args:
        message: Of a participant, or of the server to it.
        names: Sid of a track to its name.
    """
    words = _DEEDS.get((message.direction, message.kind))
    return clipped(words(message.details, names), LONGEST) if words else ""


def noticed(event: SdkEvent, names: Mapping[str, str]) -> str:
    """What an SDK told its application that no message of its own says: `has unpublished sound1`.

    Args:
        event: Of a participant.
        names: Sid of a track to its name.
    """
    if event.name != UNPUBLISHED:
        return ""
    return clipped(f"has unpublished {track_of({'sid': event.track}, names)}", LONGEST)


def moderation(call: ModeratorCall, names: Mapping[str, str]) -> str:
    """What a call of the server API asks for: `mutes sound1 of alice`; else empty.

    Args:
        call: Of the moderator.
        names: Sid of a track to its name.
    """
    words = _MODERATION.get(call.name)
    return clipped(words(call, track_of({"sids": [*call.sids]}, names)), LONGEST) if words else ""


def track_of(details: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Name of the track, or of the tracks, that a message is about."""
    sids = details.get("sids")
    if isinstance(sids, list) and len(set(map(str, sids))) > 1:
        return f"{len(set(map(str, sids)))} tracks"
    sid = sids[0] if isinstance(sids, list) and sids else None
    sid = sid or details.get("sid") or details.get("track_sid")
    return names.get(str(sid), str(sid)) if sid else "a track"


def _mute(details: Mapping[str, Any], names: Mapping[str, str]) -> str:
    return f"{'mutes' if details.get('muted') else 'unmutes'} {track_of(details, names)}"


def _muted_by_server(details: Mapping[str, Any], names: Mapping[str, str]) -> str:
    did = "muted" if details.get("muted") else "unmuted"
    return f"is told to be {did}: {track_of(details, names)}"


def _subscription(details: Mapping[str, Any], names: Mapping[str, str]) -> str:
    did = "subscribes to" if details.get("subscribe") else "unsubscribes from"
    return f"{did} {track_of(details, names)}"


def _permission(details: Mapping[str, Any], names: Mapping[str, str]) -> str:
    return "allows everybody" if details.get("all_participants") else "allows only some"


def _setting(details: Mapping[str, Any], names: Mapping[str, str]) -> str:
    track = track_of(details, names)
    if details.get("disabled"):
        return f"disables {track}"
    if details.get("width"):
        return f"asks for {details['width']}×{details.get('height', '?')} of {track}"
    return f"asks for {details.get('quality') or 'any'} of {track}"


def _allowed(details: Mapping[str, Any], names: Mapping[str, str]) -> str:
    may = "is allowed" if details.get("allowed") else "is not allowed"
    return f"{may} {track_of(details, names)}"


def _publishes(details: Mapping[str, Any], _names: Mapping[str, str]) -> str:
    return f"publishes {details.get('name') or 'a track'}"


Words = Callable[[Mapping[str, Any], Mapping[str, str]], str]
_DEEDS: Mapping[tuple[str, str], Words] = {
    ("client", "add_track"): _publishes,
    ("client", "mute"): _mute,
    ("client", "subscription"): _subscription,
    ("client", "subscription_permission"): _permission,
    ("client", "track_setting"): _setting,
    ("client", "leave"): lambda _details, _names: "leaves",
    ("client", "websocket_close"): lambda details, _names: (
        "" if details.get("code") == 1000 else "loses its signalling"
    ),
    ("client", "websocket_refused"): lambda _details, _names: "is refused",
    ("server", "mute"): _muted_by_server,
    ("server", "subscription_permission_update"): _allowed,
    ("server", "track_unpublished"): lambda details, names: (
        f"is told that {track_of(details, names)} is gone"
    ),
    ("server", "reconnect"): lambda _details, _names: "is taken back",
}
"""What each kind of message says; all others are no deed."""
_ABOUT_MEDIA = {
    *("mute", "subscription", "track_setting"),
    *("subscription_permission", "subscription_permission_update"),
}


def _permits(call: ModeratorCall, _track: str) -> str:
    rights = {"publish": "can_publish", "subscribe": "can_subscribe"}
    allowed = [right for right, key in rights.items() if call.details.get(key)]
    sources = call.details.get("can_publish_sources") or []
    only = f" (only {', '.join(map(str, sources))})" if sources else ""
    may = f"may {' and '.join(allowed)}" if allowed else "may do nothing"
    return f"says that {call.identity} {may}{only}"


_MODERATION: Mapping[str, Callable[[ModeratorCall, str], str]] = {
    "mute_published_track": lambda call, track: (
        f"{'mutes' if call.details.get('muted') else 'unmutes'} {track} of {call.identity}"
    ),
    "update_participant": _permits,
    "update_subscriptions": lambda call, track: (
        f"subscribes {call.identity} to {track}"
        if call.details.get("subscribe")
        else f"unsubscribes {call.identity} from {track}"
    ),
    "remove_participant": lambda call, _track: f"puts {call.identity} out",
    "delete_room": lambda _call, _track: "ends the room",
}
"""What each call of the server API says; all others change nothing that is heard or seen."""


def is_about_media(message: SignallingMessage) -> bool:
    """Whether it asks for or tells a mute, a subscription, a permission or a layer."""
    return message.kind in _ABOUT_MEDIA and (message.direction, message.kind) in _DEEDS
