"""Messages of protobuf with a part of them many times: what a list without a bound costs."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

MOST_VARINT_BYTES = 10
TIMES = (1, 100, 10_000)
"""How often a part is repeated; as often as there is room for it."""


@dataclass(frozen=True, kw_only=True)
class _Part:
    """A field with a length: a text, bytes, or a message of its own."""

    start: int
    """Of its key."""
    key_end: int
    body: int
    end: int


def repeated(data: bytes, random: Random, room: int) -> bytes:
    """The message with one of its parts, or a part of that one, repeated.

    Args:
        data: Any bytes; what is no message stays as it is.
        random: Decides which part, and how often.
        room: Bytes by which it may grow.
    """
    parts = _parts(data)
    if not parts:
        return data
    part = random.choice(parts)
    head, inside, tail = data[: part.key_end], data[part.body : part.end], data[part.end :]
    if random.random() < 0.5:
        grown = repeated(inside, random, room)
        if grown != inside:
            return head + _varint(len(grown)) + grown + tail
    whole = data[part.start : part.end]
    return data[: part.end] + whole * min(random.choice(TIMES), room // len(whole)) + tail


def _parts(data: bytes) -> list[_Part]:
    """Those of a message; none where the bytes are no message."""
    parts: list[_Part] = []
    at = 0
    while at < len(data):
        start = at
        key, at = _read_varint(data, at)
        match key & 7:
            case 0:
                _, at = _read_varint(data, at)
            case 1:
                at += 8
            case 2:
                key_end = at
                length, at = _read_varint(data, at)
                parts.append(_Part(start=start, key_end=key_end, body=at, end=at + length))
                at += length
            case 5:
                at += 4
            case _:
                return []
    return parts if at == len(data) else []


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    """Its value and where it ends: behind the data where it is none."""
    value = 0
    for place, byte in enumerate(data[at : at + MOST_VARINT_BYTES]):
        value |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return value, at + place + 1
    return 0, len(data) + 1


def _varint(value: int) -> bytes:
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*made, value])
