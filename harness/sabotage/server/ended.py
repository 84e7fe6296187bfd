"""A server that ends a second after a client resumed its session, for good or to start anew.

Rooms and sessions are gone with it.
"""

from __future__ import annotations

from harness.sabotage.sabotage import Sabotage, ServerFault

RESUMED = "sync_state"
"""What a client says first when it resumes; nobody else says it."""
AFTER_MS = 1000
PROOF_GONE = frozenset({"NET-019", "NET-020"})
"""Gaps in sound and picture, each beside the other as proof of flow: both are gone."""

SABOTAGES = (
    Sabotage(
        name="killed-server",
        breaks="livekit-server ends a second after a client resumed its session",
        starves=PROOF_GONE,
        server_fault=ServerFault(how="kill", at=RESUMED, after_ms=AFTER_MS),
    ),
    Sabotage(
        name="restarted-server",
        breaks="livekit-server is started anew a second after a client resumed its session",
        starves=PROOF_GONE,
        server_fault=ServerFault(how="restart", at=RESUMED, after_ms=AFTER_MS),
    ),
)
