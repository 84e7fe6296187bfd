"""The record of every signalling message that passed the gateway: `signalling.ndjson`.

One JSON object a line, written as the message passed, a join request when the server accepted it.
It holds no token, no SDP and no ICE credential: `details` has only what a verifier or a reader of a
report needs, for example `{"sid": "TR_x", "muted": true}` of a `mute`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import msgspec

from harness.evidence.clock import Ns
from harness.evidence.json_value import read_json

FILE_NAME = "signalling.ndjson"

Direction = Literal["client", "server"]
"""Who sent a message."""


@dataclass(frozen=True, kw_only=True)
class SignallingMessage:
    """One message of one participant's signalling connection, as its sender sent it."""

    at_ns: Ns
    """When the gateway had it complete."""
    participant: str
    """Identity of the client at this end of the connection."""
    direction: Direction
    kind: str
    """Name of the protobuf oneof (`mute`, `offer` …); `join_request` for the one in the URL of
    `/rtc/v1`; `websocket_open`, `websocket_close` and `websocket_refused` for the connection
    itself; `unknown` and `malformed` for what could not be read, or held too much."""
    bytes: int
    """Size of the message as received."""
    altered: bool = False
    """An interceptor dropped it, changed it or added to it."""
    details: dict[str, Any] = field(default_factory=dict)
    """Of a list the first 100; `<name>_left_out` says how many more there were."""


def read_signalling(folder: Path) -> tuple[SignallingMessage, ...]:
    """Read the record of a folder, in order of time.

    A last line that was cut by a killed gateway is left out. A folder without a record has no
    messages. Raises ValueError, naming the line, when any other line cannot be read.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return ()
    lines = path.read_bytes().split(b"\n")
    return tuple(sorted(_messages(path, lines[:-1]), key=lambda message: message.at_ns))


def server_version(folder: Path) -> str | None:
    """The version that a server told the first participant who joined, or None."""
    for message in read_signalling(folder):
        told = message.details.get("server_version")
        if isinstance(told, str) and told:
            return told
    return None


def _messages(path: Path, lines: list[bytes]) -> Iterator[SignallingMessage]:
    decoder = msgspec.json.Decoder(SignallingMessage)
    for number, line in enumerate(lines, start=1):
        try:
            yield read_json(line, decoder)
        except ValueError as error:
            raise ValueError(f"{path}:{number} is not a signalling message: {error}") from None
