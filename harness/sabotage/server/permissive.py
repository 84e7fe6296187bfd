"""Servers that are set up to allow what a scenario takes for forbidden, or to hear too much."""

from __future__ import annotations

from harness.sabotage.sabotage import Sabotage

SABOTAGES = (
    Sabotage(
        name="everything-granted",
        breaks="everybody may subscribe, publish and send, whatever token and moderator say",
        kills=frozenset(
            {
                *("PERM-017", "PERM-018", "PERM-020", "PERM-021", "PERM-023", "PERM-024"),
                *("PERM-026", "PERM-027", "PERM-028"),
            }
        ),
        ignores_grants=True,
    ),
    Sabotage(
        name="remote-unmute",
        breaks="the server lets a moderator unmute",
        kills=frozenset({"MUTE-039", "MUTE-040"}),
        server={"room": {"enable_remote_unmute": True}},
    ),
    Sabotage(
        name="sensitive-server",
        breaks="the server takes sound of -45 dBov for speech",
        kills=frozenset({"SPK-011"}),
        server={"audio": {"active_level": 45}},
    ),
)
