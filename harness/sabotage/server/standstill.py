"""A server that stands still for a moment just after it was told who may subscribe."""

from __future__ import annotations

from harness.sabotage.sabotage import Sabotage, ServerFault

SABOTAGE = Sabotage(
    name="server-standstill",
    breaks="livekit-server stands still for 1.5 s soon after a publisher says who may subscribe",
    kills=frozenset({"PERM-005", "PERM-006", "PERM-007"}),
    server_fault=ServerFault(how="stop", at="subscription_permission", after_ms=500, for_ms=1500),
)
