"""What a run and its keeper say to each other: one JSON object a line."""

from __future__ import annotations

import msgspec

from harness.evidence.json_value import read_json


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """Base of all messages; `type` on the wire is the class name."""


class Prepare(Message, frozen=True, kw_only=True):
    """First request: modules to import before anything is forked."""

    path: list[str]
    """`sys.path` of the run, so that the keeper finds the modules that the run finds."""
    preload: list[str]


class Fork(Message, frozen=True, kw_only=True):
    """Fork the keeper; the child calls `module:function` with the socket sent along."""

    request: int
    target: str
    log: str


class Spawn(Message, frozen=True, kw_only=True):
    """Start a foreign program."""

    request: int
    argv: list[str]
    env: dict[str, str] | None
    """The whole environment; None: that of the keeper."""
    cwd: str | None
    log: str


class Signal(Message, frozen=True, kw_only=True):
    """Send a signal to a child and to all of its process group."""

    pid: int
    number: int


class Close(Message, frozen=True, kw_only=True):
    """End all children, then the keeper."""


class Ready(Message, frozen=True, kw_only=True):
    """Answer to `Prepare`; `problem` is one line, None when all is well."""

    problem: str | None = None


class Started(Message, frozen=True, kw_only=True):
    """Answer to `Fork` and `Spawn`: a process id, or why there is none."""

    request: int
    pid: int = 0
    problem: str | None = None


class Exited(Message, frozen=True, kw_only=True):
    """A child has ended and was reaped."""

    pid: int
    code: int | None
    signal: int | None


MOST_BYTES = 16 << 20
"""Of a line: eight times what the kernel takes as arguments and environment of a program."""

Request = Prepare | Fork | Spawn | Signal | Close
Report = Ready | Started | Exited

_request_decoder = msgspec.json.Decoder(Request)
_report_decoder = msgspec.json.Decoder(Report)


def encode(message: Message) -> bytes:
    """One line with its newline."""
    return msgspec.json.encode(message) + b"\n"


def decode_request(line: bytes) -> Request:
    """Inverse of `encode` in the keeper.

    Raises:
        ValueError: not a request.
    """
    request: Request = read_json(line, _request_decoder)
    return request


def decode_report(line: bytes) -> Report:
    """Inverse of `encode` in the run.

    Raises:
        ValueError: not a report.
    """
    report: Report = read_json(line, _report_decoder)
    return report


class LineBuffer:
    """Cuts a byte stream into lines of at most MOST_BYTES."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that `data` completes, without their newlines.

        Raises:
            ValueError: what is no line yet is longer than any.
        """
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > MOST_BYTES:
            raise ValueError(f"a line is longer than {MOST_BYTES} bytes")
        return lines
