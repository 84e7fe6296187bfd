"""A server that ends a second after a client resumed its session, for good or to start anew.

Rooms and sessions are gone with it.
"""

from __future__ import annotations

from harness.sabotage.sabotage import Sabotage, ServerFault

RESUMED = "sync_state"
"""What a client says first when it resumes; nobody else says it."""
AFTER_MS = 1000

SABOTAGES = (
    Sabotage(
        name="killed-server",
        breaks="livekit-server ends a second after a client resumed its session",
        kills=frozenset({"NET-022"}),
        server_fault=ServerFault(how="kill", at=RESUMED, after_ms=AFTER_MS),
    ),
    Sabotage(
        name="restarted-server",
        breaks="livekit-server is started anew a second after a client resumed its session",
        kills=frozenset({"NET-022"}),
        server_fault=ServerFault(how="restart", at=RESUMED, after_ms=AFTER_MS),
    ),
)
