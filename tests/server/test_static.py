from __future__ import annotations

import struct
from pathlib import Path

import pytest

from harness.server.static import is_static


def elf(kinds: list[int]) -> bytes:
    """A little-endian 64-bit header with program headers of these kinds."""
    head = bytearray(64)
    head[:6] = b"\x7fELF\x02\x01"
    struct.pack_into("<Q", head, 32, 64)
    struct.pack_into("<HH", head, 54, 56, len(kinds))
    return bytes(head) + b"".join(struct.pack("<I52x", kind) for kind in kinds)


@pytest.mark.parametrize(
    ("content", "static"),
    [
        (elf([6, 1, 1]), True),
        (elf([6, 3, 1]), False),
        (b"#!/bin/sh\n", False),
        (b"\xcf\xfa\xed\xfe" + bytes(100), False),
    ],
)
def test_program_without_a_loader_is_static(tmp_path: Path, content: bytes, static: bool) -> None:
    program = tmp_path / "program"
    program.write_bytes(content)
    assert is_static(program) is static


@pytest.mark.real
def test_real_server_is_static(livekit_server: Path) -> None:
    assert is_static(livekit_server)
