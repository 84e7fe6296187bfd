"""What becomes of good input: bytes, numbers, words, lines, values and messages out of order."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import msgspec

from tests.fuzzing.protobuf import repeated

LONGEST = 1 << 20
"""Bytes of what is made."""
MOST_AT_ONCE = 6
"""Changes of one input."""
NUMBERS = (
    0, -1, 1, 127, 128, 255, 256, 32767, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**32,
    2**53, 2**63 - 1, 2**63, -(2**63), 2**64, 10**25, 10**300, 10**400,
)  # fmt: skip
WORDS = (
    b"", b"\x00", b"\xff", b"\xed\xa0\x80", b"\\ud800", "\u202e".encode(), "\U0001f600".encode(),
    b"null", b"true", b"NaN", b"1e999", b"-0.0", b'"', b"'", b"\\", b"{}", b"[]", b"[[", b"]]",
    b"\r\n", b"\n\n", b"%00", b"../", b"<script>", b"`", b"```<img src=//x>`", b"@x", b"=", b".",
    b",", b"#", b"a" * 300, b"9" * 5000,
)  # fmt: skip
VALUES: tuple[object, ...] = (
    None, True, "", "\x00", "x" * 300, [], {}, [[]], {"": None}, 0.5, -0.0, 1e308, *NUMBERS,
)  # fmt: skip
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")


class Mutator:
    """Makes input out of seeds; the same ones from the same random numbers.

    Args:
        seeds: Good input.
        random: Decides everything.
    """

    def __init__(self, seeds: Sequence[bytes], random: Random) -> None:
        self._seeds = seeds
        self._random = random
        self._changes: tuple[Callable[[bytes], bytes], ...] = (
            self._bit, self._byte, self._cut, self._lose, self._noise, self._word, self._double,
            self._splice, self._number, self._line, self._value, self._deep, self._repeat,
        )  # fmt: skip

    def next(self) -> bytes:
        """The next input: a seed with a few changes."""
        data = self._random.choice(self._seeds)
        for _ in range(self._random.randint(1, MOST_AT_ONCE)):
            data = self._random.choice(self._changes)(data)
        return data[:LONGEST]

    def _span(self, data: bytes, most: int = 64) -> tuple[int, int]:
        at = self._random.randint(0, len(data))
        return at, min(len(data), at + self._random.randint(0, most))

    def _bit(self, data: bytes) -> bytes:
        if not data:
            return data
        at = self._random.randrange(len(data))
        return data[:at] + bytes([data[at] ^ 1 << self._random.randrange(8)]) + data[at + 1 :]

    def _byte(self, data: bytes) -> bytes:
        at = self._random.randint(0, len(data))
        return data[:at] + self._random.randbytes(1) + data[at + 1 :]

    def _cut(self, data: bytes) -> bytes:
        return data[: self._random.randint(0, len(data))]

    def _lose(self, data: bytes) -> bytes:
        at, until = self._span(data)
        return data[:at] + data[until:]

    def _noise(self, data: bytes) -> bytes:
        at, until = self._span(data)
        return data[:at] + self._random.randbytes(self._random.randint(0, 32)) + data[until:]

    def _word(self, data: bytes) -> bytes:
        at, until = self._span(data, 8)
        return data[:at] + self._random.choice(WORDS) + data[until:]

    def _double(self, data: bytes) -> bytes:
        at, until = self._span(data, 4096)
        return data[:until] + data[at:until] * self._random.choice((1, 1, 2, 50)) + data[until:]

    def _splice(self, data: bytes) -> bytes:
        other = self._random.choice(self._seeds)
        at, until = self._span(other, 4096)
        return data[: self._random.randint(0, len(data))] + other[at:until]

    def _number(self, data: bytes) -> bytes:
        found = list(_NUMBER.finditer(data[:LONGEST]))
        if not found:
            return data
        place = self._random.choice(found)
        number = str(self._random.choice(NUMBERS)).encode()
        return data[: place.start()] + number + data[place.end() :]

    def _line(self, data: bytes) -> bytes:
        lines = data.splitlines(keepends=True)
        if len(lines) < 2:
            return data
        at, other = self._random.randrange(len(lines)), self._random.randrange(len(lines))
        match self._random.randrange(3):
            case 0:
                del lines[at]
            case 1:
                lines.insert(other, lines[at])
            case _:
                lines[at], lines[other] = lines[other], lines[at]
        return b"".join(lines)

    def _value(self, data: bytes) -> bytes:
        """One line that is JSON, with one of its values changed."""
        lines = data.split(b"\n")
        at = self._random.randrange(len(lines))
        try:
            value = msgspec.json.decode(lines[at])
        except (ValueError, RecursionError):
            return data
        lines[at] = msgspec.json.encode(self._changed(value))
        return b"\n".join(lines)

    def _changed(self, value: Any) -> Any:  # noqa: ANN401 - JSON
        inside = isinstance(value, dict | list) and value and self._random.random() < 0.8
        if not inside:
            return self._random.choice(VALUES)
        key = self._random.choice(list(value) if isinstance(value, dict) else range(len(value)))
        if self._random.random() < 0.2:
            del value[key]
        else:
            value[key] = self._changed(value[key])
        return value

    def _repeat(self, data: bytes) -> bytes:
        return repeated(data, self._random, max(0, LONGEST - len(data)))

    def _deep(self, data: bytes) -> bytes:
        if self._random.random() < 0.9:  # it is slow, and says little
            return data
        at, until = self._span(data)
        return data[:at] + self._random.choice((b"[", b'{"a":', b"(")) * 20_000 + data[until:]
