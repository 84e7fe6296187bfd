"""What keeps a stage from being one."""

from __future__ import annotations

from harness.gateway.errors import GatewayDied, GatewayError
from harness.participant.connection import ParticipantDied

__all__ = ["GatewayDied", "GatewayError", "ParticipantDied", "StageError", "Unsupported"]


class StageError(Exception):
    """The evidence of a stage is not to be trusted: the way of its media, or its record."""


class Unsupported(Exception):
    """What the scenario needs is not there, said by a check that would have noticed it."""
