"""What keeps a stage from being one."""

from __future__ import annotations

from harness.gateway.errors import GatewayDied, GatewayError
from harness.participant.connection import ParticipantDied

__all__ = [
    "GatewayDied",
    "GatewayError",
    "ParticipantDied",
    "ServerRefused",
    "StageError",
    "Unsupported",
]


class StageError(Exception):
    """The evidence of a stage is not to be trusted: the way of its media, or its record."""


class ServerRefused(Exception):
    """The server API did not do what it was asked; `code` is Twirp's, or says why none came."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(f"livekit-server refused: {code}: {message}")


class Unsupported(Exception):
    """What the scenario needs is not there, said by a check that would have noticed it."""
