"""What participants and server did in an attempt, in words, from the record of their signalling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from harness.evidence.signalling import SignallingMessage
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.plots import Mark
from harness.report.words import clipped

MOST_MARKS = 24
LONGEST = 60


def marks(folder: AttemptFolder) -> tuple[Mark, ...]:
    """A mark over time for each thing that somebody did; the first of many."""
    done = [
        Mark(
            at=folder.second(message.at_ns),
            label=f"{message.participant} {words}",
            tone="moment",
        )
        for message in folder.signalling
        if (words := deed(message, folder.track_names))
    ]
    return tuple(done[:MOST_MARKS])


def deed(message: SignallingMessage, names: Mapping[str, str]) -> str:
    """What a message makes happen to media: `mutes sound1`, `subscribes to 2 tracks`; else empty.

    Args:
        message: Of a participant, or of the server to it.
        names: Sid of a track to its name.
    """
    words = _DEEDS.get((message.direction, message.kind))
    return clipped(words(message.details, names), LONGEST) if words else ""


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
    if details.get("allowed"):
        return ""
    return f"may not have {track_of(details, names)}"


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
_ABOUT_MEDIA = {"mute", "subscription", "subscription_permission", "track_setting"}


def is_about_media(message: SignallingMessage) -> bool:
    """Whether it asks for or tells a mute, a subscription, a permission or a layer."""
    return message.kind in _ABOUT_MEDIA and (message.direction, message.kind) in _DEEDS
