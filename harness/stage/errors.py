"""What keeps a stage from being one."""

from __future__ import annotations

from harness.gateway.errors import GatewayDied, GatewayError
from harness.participant.connection import ParticipantDied
from harness.participant.redaction import redact
from harness.processes.child import Exit

__all__ = [
    "GatewayDied",
    "GatewayError",
    "GuestDied",
    "ParticipantDied",
    "ServerRefused",
    "StageError",
    "Unsupported",
]


class StageError(Exception):
    """The evidence of a stage is not to be trusted: the way of its media, or its record."""


class GuestDied(Exception):
    """The program of a guest ended by itself while its scenario ran."""

    def __init__(self, identity: str, exited: Exit, last_lines: list[str]) -> None:
        self.identity, self.exited = identity, exited
        said = " | ".join(redact(line).strip() for line in last_lines if line.strip())
        super().__init__(
            f"guest {identity} ended by itself: {exited}; last log lines: {said or 'none'}"
        )


class ServerRefused(Exception):
    """The server API did not do what it was asked; `code` is Twirp's, or says why none came."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(f"livekit-server refused: {code}: {message}")


class Unsupported(Exception):
    """What the scenario needs is not there, said by a check that would have noticed it."""
