"""What keeps a stage from being one."""

from __future__ import annotations

from harness.participant.connection import ParticipantDied

__all__ = ["ParticipantDied", "ProgramDied", "StageError", "Unsupported"]


class StageError(Exception):
    """The stage cannot be set up, or its media did not take the way through the gateway."""


class Unsupported(Exception):
    """What the scenario needs is not there, said by a check that would have noticed it."""


class ProgramDied(StageError):
    """A program of the stage ended that had no reason to."""
