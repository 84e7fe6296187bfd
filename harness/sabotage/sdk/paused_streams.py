"""Tracks that say of their streams that they are paused, whatever they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import Tampering

PAUSED = 2
"""As the SDK's `StreamState` has it."""


def paused_streams(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.replace("Track.stream_state", _paused)


def _paused(there: property) -> property:
    del there
    return property(lambda track: PAUSED)


SABOTAGE = Sabotage(
    name="paused-streams",
    breaks="each track says that its stream is paused",
    kills=frozenset({"LAY-025"}),
    tampers=(f"{__name__}:{paused_streams.__name__}",),
)
