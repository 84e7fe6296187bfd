from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.evidence.ledger_records import RecordKind, read_records
from harness.gateway.ledger_writer import RecordFile


def test_records_are_on_disk_when_flushed_and_whenever_memory_is_full(tmp_path: Path) -> None:
    file = RecordFile(tmp_path, RecordKind.DEPARTURES)
    for n in range(256 + 10):
        file.append(n, n, 3, 0)
    assert len(read_records(tmp_path, RecordKind.DEPARTURES)) == 256
    file.flush()
    assert len(read_records(tmp_path, RecordKind.DEPARTURES)) == 266
    file.append(5000, 266, 3, 16)
    file.close()
    records = read_records(tmp_path, RecordKind.DEPARTURES)
    assert records["n"].tolist() == list(range(267))
    assert records[-1].tolist() == (5000, 266, 3, 16)


def test_a_full_disk_is_said_and_stops_nothing(tmp_path: Path) -> None:
    file = RecordFile(tmp_path, RecordKind.ARRIVALS)
    # /dev/full answers every write with "no space left".
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, file._file.fileno())
    os.close(full)
    file.append(1, 1, 1, 1, 3, b"head")
    file.flush()
    assert file.error is not None
    assert file.error.endswith("arrivals.bin: No space left on device")
    for n in range(5000):
        file.append(1, n, 1, 1, 3, b"head")
    file.close()


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        RecordFile(tmp_path / "absent", RecordKind.ARRIVALS)
