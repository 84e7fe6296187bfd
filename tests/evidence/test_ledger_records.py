from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.evidence.ledger_records import (
    ARRIVAL,
    ARRIVAL_DTYPE,
    DEPARTURE,
    DEPARTURE_DTYPE,
    HEAD_BYTES,
    HEADER,
    LedgerError,
    PacketKind,
    RecordKind,
    file_header,
    file_name,
    read_records,
)


def test_packed_and_read_layouts_are_the_same_size() -> None:
    assert ARRIVAL.size == ARRIVAL_DTYPE.itemsize
    assert DEPARTURE.size == DEPARTURE_DTYPE.itemsize


@settings(max_examples=50)
@given(
    t_ns=st.integers(0, 2**62),
    n=st.integers(0, 2**32 - 1),
    stream=st.integers(0, 2**16 - 1),
    data=st.binary(max_size=200),
)
def test_an_arrival_is_read_as_it_was_packed(
    tmp_path_factory: pytest.TempPathFactory, t_ns: int, n: int, stream: int, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("ledger")
    record = ARRIVAL.pack(t_ns, n, stream, len(data), PacketKind.RTP, data)
    path = folder / file_name(RecordKind.ARRIVALS)
    path.write_bytes(file_header(RecordKind.ARRIVALS) + record)
    (row,) = read_records(folder, RecordKind.ARRIVALS)
    assert (row["t_ns"], row["n"], row["stream"], row["size"]) == (t_ns, n, stream, len(data))
    assert bytes(row["head"]) == data[:HEAD_BYTES].ljust(HEAD_BYTES, b"\0")


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"cannot read the ledger .*arrivals\.bin: No such file"):
        read_records(tmp_path, RecordKind.ARRIVALS)


@pytest.mark.parametrize("header", [b"", b"something else.", HEADER.pack(b"LKLEDGER", 99, 1, 88)])
def test_a_file_of_another_kind_or_version_is_refused(tmp_path: Path, header: bytes) -> None:
    (tmp_path / "arrivals.bin").write_bytes(header + bytes(100))
    with pytest.raises(LedgerError, match=r"not a ledger of version 1"):
        read_records(tmp_path, RecordKind.ARRIVALS)
