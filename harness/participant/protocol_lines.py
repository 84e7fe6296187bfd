"""The lines of the protocol: messages of `harness.participant.protocol` to bytes and back."""

from __future__ import annotations

import msgspec

from harness.evidence.json_value import read_json
from harness.participant.protocol import Command, FromParticipant, Request

_from_participant: msgspec.json.Decoder[FromParticipant] = msgspec.json.Decoder(FromParticipant)
_command: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)
_request = msgspec.json.Decoder(Request)


def request(id: int, command: Command) -> Request:  # noqa: A002 - the protocol's word
    """Wrap a command for sending."""
    return Request(id=id, command=msgspec.Raw(msgspec.json.encode(command)))


def read_request(line: bytes) -> Request:
    """Decode the envelope. Raises ValueError."""
    return read_json(line, _request)


def read_command(req: Request) -> Command:
    """Decode the command inside. Raises ValueError, also for an unknown command."""
    return read_json(req.command, _command)


def read_message(line: bytes) -> FromParticipant:
    """Decode a line of a participant. Raises ValueError."""
    return read_json(line, _from_participant)
