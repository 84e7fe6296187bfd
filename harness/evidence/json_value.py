"""JSON that somebody else wrote: one kind of error for whatever can be wrong with it."""

from __future__ import annotations

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
