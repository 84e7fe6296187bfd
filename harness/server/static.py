"""Whether a program runs in an image that has nothing else in it."""

from __future__ import annotations

import struct
from pathlib import Path

_DYNAMIC_LOADER = 3
"""PT_INTERP: the program asks for a loader, so it needs the libraries of a system."""


def is_static(program: Path) -> bool:
    """Whether this is a Linux program of 64 bits that needs no shared libraries."""
    with program.open("rb") as file:
        header = file.read(64)
        if len(header) < 64 or header[:4] != b"\x7fELF" or header[4] != 2:
            return False
        order = "<" if header[5] == 1 else ">"
        (offset,) = struct.unpack_from(f"{order}Q", header, 32)
        size, count = struct.unpack_from(f"{order}HH", header, 54)
        file.seek(offset)
        table = file.read(size * count)
    kinds = [struct.unpack_from(f"{order}I", table, at)[0] for at in range(0, len(table), size)]
    return _DYNAMIC_LOADER not in kinds
