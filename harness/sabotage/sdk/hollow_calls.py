"""An SDK that has names of other SDKs, and nothing behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import Tampering

HOLLOW = (
    "LocalParticipant.set_camera_enabled",
    "RemoteTrackPublication.set_enabled",
    "RemoteParticipant.on",
    "RoomOptions.adaptive_stream",
    "AutoSubscribe",
    "useTracks",
)


def hollow_calls(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    for path in HOLLOW:
        tampering.add(path, None)


SABOTAGE = Sabotage(
    name="hollow-calls",
    breaks="the SDK has names of calls, and of an option, that cannot be used",
    kills=frozenset({"API-001", "API-002", "LAY-012", "MUTE-018", "SUB-026", "SUB-042"}),
    tampers=(f"{__name__}:{hollow_calls.__name__}",),
)
