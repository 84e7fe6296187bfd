"""An SDK that has names of other SDKs' calls, and nothing behind them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import Tampering

HOLLOW = {
    "LocalParticipant": "set_camera_enabled",
    "RemoteTrackPublication": "set_enabled",
    "RemoteParticipant": "on",
}
"""Class to the name that it is given."""


def hollow_calls(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    for owner, name in HOLLOW.items():
        tampering.replace(owner, partial(_with, name))


def _with(name: str, there: type) -> type:
    return type(there.__name__, (there,), {name: None})


SABOTAGE = Sabotage(
    name="hollow-calls",
    breaks="the SDK has names of calls that cannot be called",
    kills=frozenset({"MUTE-018", "SUB-026", "SUB-042"}),
    tampers=(f"{__name__}:{hollow_calls.__name__}",),
)
