from __future__ import annotations

from pathlib import Path

import pytest

from harness.evidence.bindings import BindingsWriter, ClockRow
from harness.evidence.ledger_files import LedgerFiles
from harness.evidence.ledger_records import (
    ARRIVAL,
    DEPARTURE,
    LedgerError,
    PacketKind,
    RecordKind,
    file_header,
)


def write(folder: Path, *, arrivals: int = 3, departures: int = 3) -> None:
    came = b"".join(ARRIVAL.pack(n, n, 0, 3, PacketKind.RTP, b"abc") for n in range(arrivals))
    left = b"".join(DEPARTURE.pack(10 + n, n, 0, 0) for n in range(departures))
    (folder / "arrivals.bin").write_bytes(file_header(RecordKind.ARRIVALS) + came)
    (folder / "departures.bin").write_bytes(file_header(RecordKind.DEPARTURES) + left)


def test_what_is_there_is_joined(tmp_path: Path) -> None:
    write(tmp_path, arrivals=3, departures=2)
    files = LedgerFiles(tmp_path)
    assert files.departed.t_ns.tolist() == [10, 11, -1]
    assert files.clock is None
    assert not files.bindings.flows


def test_the_first_clock_counts(tmp_path: Path) -> None:
    writer = BindingsWriter(tmp_path)
    first = ClockRow(at_ns=5, wall_ns=1_000)
    for row in (ClockRow(at_ns=9, wall_ns=2_000), first):
        writer.write(row)
    writer.close()
    assert LedgerFiles(tmp_path).clock == first


def test_a_run_folder_names_the_ledgers_below_it(tmp_path: Path) -> None:
    for number in range(5):
        attempt = tmp_path / "attempts" / "loss" / str(number)
        attempt.mkdir(parents=True)
        write(attempt)
    with pytest.raises(LedgerError, match=r"each attempt has .*loss/0, .*loss/2 and 2 more$"):
        _ = LedgerFiles(tmp_path).arrivals


def test_wrong_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"holds no ledger: arrivals\.bin is not there"):
        _ = LedgerFiles(tmp_path).arrivals
    with pytest.raises(LedgerError, match="nowhere is not a folder"):
        _ = LedgerFiles(tmp_path / "nowhere").arrivals


@pytest.mark.parametrize("cut", [1, 15, 16, 17])
def test_files_of_a_killed_run_give_what_is_whole(tmp_path: Path, cut: int) -> None:
    write(tmp_path)
    for name in ("arrivals.bin", "departures.bin"):
        path = tmp_path / name
        path.write_bytes(path.read_bytes()[:-cut])
    left = 2 if cut <= 16 else 1
    departed = LedgerFiles(tmp_path).departed
    assert departed.t_ns.tolist() == [10, 11][:left] + [-1] * (2 - left)
