"""All sabotages, by name. A new one is a file beside this one and a line here."""

from __future__ import annotations

from harness.sabotage import drop_video_down, swallow_mute, swallow_permission, swap_tracks
from harness.sabotage.sabotage import Sabotage

SABOTAGES: dict[str, Sabotage] = {
    sabotage.name: sabotage
    for sabotage in (
        drop_video_down.SABOTAGE,
        swallow_mute.SABOTAGE,
        swallow_permission.SABOTAGE,
        swap_tracks.SABOTAGE,
    )
}


class UnknownSabotage(ValueError):
    """No sabotage has this name; the text lists those that there are."""


def sabotage_named(name: str) -> Sabotage:
    """The sabotage of that name.

    Raises:
        UnknownSabotage: there is none.
    """
    try:
        return SABOTAGES[name]
    except KeyError:
        known = ", ".join(SABOTAGES)
        raise UnknownSabotage(f"there is no sabotage {name!r}: choose one of {known}") from None
