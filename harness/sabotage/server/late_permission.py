"""A server that stands still while a moderator forbids something, and goes on sending after it."""

from __future__ import annotations

from harness.sabotage.sabotage import Sabotage, ServerFault

SABOTAGE = Sabotage(
    name="late-permission",
    breaks="livekit-server stands still from 1.2 to 2.8 s after the first track, and whoever "
    "moderates waits for it",
    kills=frozenset({"PERM-023", "PERM-024"}),
    server_fault=ServerFault(how="stop", at="add_track", after_ms=1200, for_ms=1600),
)
