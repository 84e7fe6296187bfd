"""Calls of the SDK that return at once and do their work later.

A mute, an unmute, the end of a subscription, a restriction of who may subscribe, a track that is
disabled or enabled: the application goes on, and is wrong about what the room gets.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from harness.participant.tampering import not_sent
from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import FfiRequest, FfiResponse, Send, Tampering

LATE_S = 0.75


LATE = (
    "local_track_mute", "set_track_subscription_permissions", "enable_remote_track_publication",
)  # fmt: skip


def late_calls(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.requests(_later)


def _later(send: Send, request: FfiRequest) -> FfiResponse:
    if not _may_wait(request):
        return send(request)
    later = type(request)()
    later.CopyFrom(request)
    asyncio.get_running_loop().call_later(LATE_S, send, later)
    return not_sent()


def _may_wait(request: FfiRequest) -> bool:
    """Whether its answer is empty and nobody waits for it."""
    kind = request.WhichOneof("message")
    ending = kind == "set_subscribed" and not request.set_subscribed.subscribe
    return ending or kind in LATE


SABOTAGE = Sabotage(
    name="late-calls",
    breaks="mutes, permissions and ends of subscriptions take effect 0.75 s after their calls",
    kills=frozenset(
        {
            *("MUTE-001", "MUTE-002", "MUTE-003", "MUTE-004", "MUTE-006", "MUTE-008", "MUTE-010"),
            *("MUTE-011", "MUTE-012", "MUTE-021", "MUTE-024", "MUTE-025", "MUTE-026", "MUTE-027"),
            *("MUTE-028", "MUTE-030", "MUTE-041", "MUTE-042", "MUTE-045", "MUTE-046", "MUTE-050"),
            *("NET-003", "NET-004", "PERM-002", "PERM-003", "PERM-004", "PERM-011", "PERM-012"),
            *("SUB-007", "SUB-008", "SUB-012", "SUB-013", "SUB-027", "SUB-028", "SUB-030"),
            "SUB-031",
        }
    ),
    tampers=(f"{__name__}:{late_calls.__name__}",),
)
