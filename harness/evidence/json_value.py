"""JSON that somebody else wrote: one kind of error for whatever can be wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")


def read_json(data: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[T]) -> T:
    """The value that some bytes say.

    Args:
        data: Any bytes.
        decoder: Of the type that is wanted.

    Raises: ValueError when they are not JSON, not UTF-8, not of the type, or nested too deeply.
    """
    try:
        return decoder.decode(data)
    except RecursionError:
        raise ValueError("JSON malformed: nested too deeply") from None


def append_line(path: Path, value: object) -> None:
    """Add a value to a file that has one on each line."""
    with path.open("ab") as file:
        file.write(msgspec.json.encode(value) + b"\n")


def read_lines(path: Path, of: type[T]) -> tuple[T, ...]:
    """All values of a file that has one on each line; a last line that was cut is left out.

    Args:
        path: The file; where there is none, there are no values.
        of: What each line is.

    Raises:
        OSError: It cannot be read.
        ValueError: A line is none.
    """
    if not path.exists():
        return ()
    decoder = msgspec.json.Decoder(of)
    return tuple(read_json(line, decoder) for line in path.read_bytes().split(b"\n")[:-1])
