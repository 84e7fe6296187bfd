"""Writes the ledger's records: gathered in memory, written out when that is full or on demand."""

from __future__ import annotations

import struct
from pathlib import Path

from harness.evidence.ledger_records import RecordKind, file_header, file_name, record_layout

_RECORDS_IN_MEMORY = 256
"""A write of these stalls packets for about 10 µs; one of sixteen times as many, for 1 ms."""


class RecordFile:
    """Records of one kind, in memory of a fixed size and in a file.

    A file that cannot be written (full disk) never stops the packets: `error` says so, and what
    comes later is lost.

    Raises OSError when the file cannot be created.
    """

    __slots__ = ("_at", "_buffer", "_end", "_file", "_pack_into", "_path", "_step", "error")

    def __init__(self, folder: Path, kind: RecordKind) -> None:
        layout: struct.Struct = record_layout(kind)
        self._path = folder / file_name(kind)
        self._file = self._path.open("wb", buffering=0)
        self._file.write(file_header(kind))
        self._pack_into = layout.pack_into
        self._step = layout.size
        self._end = layout.size * _RECORDS_IN_MEMORY
        self._buffer = bytearray(self._end)
        self._at = 0
        self.error: str | None = None

    def append(self, *fields: int | bytes) -> None:
        """Add a record. Bytes that are longer than their field are cut, shorter ones padded."""
        at = self._at
        self._pack_into(self._buffer, at, *fields)
        self._at = at = at + self._step
        if at == self._end:
            self.flush()

    def flush(self) -> None:
        """Write what is in memory."""
        waiting = memoryview(self._buffer)[: self._at]
        self._at = 0
        try:
            while waiting and self.error is None:
                waiting = waiting[self._file.write(waiting) :]
        except OSError as error:
            self.error = f"cannot write {self._path}: {error.strerror}"

    def close(self) -> None:
        """Write what is in memory and close the file."""
        self.flush()
        self._file.close()
