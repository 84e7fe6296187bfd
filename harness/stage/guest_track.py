"""Tracks whose publisher is not ours: a participant records them, and nothing else is known."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class GuestTrack:
    """A track of a guest, as the server announced it."""

    publisher: str
    """Identity of the guest."""
    sid: str
    track_name: str
    """As the guest called it."""

    @property
    def name(self) -> str:
        """What its recordings are named after: a guest that comes back publishes anew."""
        return f"{self.track_name or 'track'}-{self.sid}"


@dataclass(frozen=True, kw_only=True)
class GuestSound(GuestTrack):
    """A sound."""


@dataclass(frozen=True, kw_only=True)
class GuestPicture(GuestTrack):
    """Pictures."""
