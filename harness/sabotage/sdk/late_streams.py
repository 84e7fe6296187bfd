"""Receive streams that hand over each frame 0.75 s late, whatever becomes of the track by then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.later import Later
from harness.sabotage.sdk.messages import in_probe
from harness.sabotage.sdk.tracks import OF_STREAMS

if TYPE_CHECKING:
    from harness.participant.tampering import FfiEvent, Put, Tampering

LATE_S = 0.75


def late_streams(tampering: Tampering) -> None:
    """See `harness.participant.tampering`. What only makes bare calls is left alone."""
    if not in_probe(tampering):
        tampering.events(Late().event)


class Late:
    """Lets what streams bring wait, and nothing else."""

    def __init__(self) -> None:
        self._later = Later()

    def event(self, put: Put, event: FfiEvent) -> None:
        """See `harness.participant.tampering`."""
        if event.WhichOneof("message") in OF_STREAMS:
            self._later.give(put, event, LATE_S)
        else:
            put(event)


SABOTAGE = Sabotage(
    name="late-streams",
    breaks="receive streams hand over sound and pictures 0.75 s late",
    kills=frozenset(
        {
            *("MUTE-002", "MUTE-003", "MUTE-008", "MUTE-009", "MUTE-010", "MUTE-012", "MUTE-013"),
            *("MUTE-024", "MUTE-026", "MUTE-034", "MUTE-036", "MUTE-037", "MUTE-038", "MUTE-040"),
            *(
                "MUTE-045",
                "MUTE-046",
                "MUTE-050",
                "NET-004",
                "PERM-002",
                "PERM-003",
                "PERM-026",
                "PERM-027",
            ),
            *("SUB-007", "SUB-012", "SUB-021", "SUB-022", "SUB-027", "SUB-028", "SUB-030"),
            *("SUB-031", "SPK-015", "SPK-016", "SPK-017", "PUB-011"),
            *("LIFE-021", "LIFE-028", "LIFE-034"),
        }
    ),
    tampers=(f"{__name__}:{late_streams.__name__}",),
)
