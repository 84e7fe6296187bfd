"""A server that stands still for a second while media flows."""

from __future__ import annotations

from harness.sabotage.sabotage import Sabotage, ServerFault

SABOTAGE = Sabotage(
    name="server-standstill",
    breaks="livekit-server stands still for a second, two seconds after the first track",
    kills=frozenset({"PUB-001", "PUB-002"}),
    server_fault=ServerFault(how="stop", at="add_track", after_ms=2000, for_ms=1000),
)
