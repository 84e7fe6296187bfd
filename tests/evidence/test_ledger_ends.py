from __future__ import annotations

from pathlib import Path

import pytest

from harness.evidence.clock import NS_PER_S
from harness.evidence.ledger_ends import cuts
from harness.evidence.ledger_files import LedgerFiles
from harness.evidence.ledger_records import ARRIVAL, DEPARTURE, HEADER
from tests.evidence.ledger_recorder import BOB_DOWN, VIDEO, call, rtp

PACKETS = 40


@pytest.fixture
def files(tmp_path: Path) -> LedgerFiles:
    """Four seconds of ten packets a second."""
    recorder = call(tmp_path)
    for number in range(PACKETS):
        recorder.packet(number * NS_PER_S // 10, rtp(number, VIDEO, 96), stream=BOB_DOWN)
    recorder.ledger()
    return LedgerFiles(tmp_path)


def shorten(file: Path, size: int) -> None:
    file.write_bytes(file.read_bytes()[:size])


def test_a_whole_record_is_not_cut(files: LedgerFiles) -> None:
    assert cuts(files) == ()


def test_arrivals_that_were_cut_lack_packets_that_left(files: LedgerFiles) -> None:
    shorten(files.folder / "arrivals.bin", HEADER.size + 30 * ARRIVAL.size)
    assert cuts(files) == ("departures.bin holds 10 packets from after the end of arrivals.bin",)


def test_departures_that_were_cut_leave_packets_without_a_fate(files: LedgerFiles) -> None:
    shorten(files.folder / "departures.bin", HEADER.size + 10 * DEPARTURE.size + 3)
    assert cuts(files) == (
        "departures.bin ends within a record",
        (
            "departures.bin ends 3.0 s before arrivals.bin: what became of the last 30 packets is "
            "not known"
        ),
    )


def test_nothing_that_left_is_told_from_the_first_arrival_on(files: LedgerFiles) -> None:
    shorten(files.folder / "departures.bin", HEADER.size)
    [cut] = cuts(files)
    assert cut.startswith("departures.bin ends 3.9 s before")


def test_an_empty_record_is_whole(files: LedgerFiles) -> None:
    for name in ("arrivals.bin", "departures.bin"):
        shorten(files.folder / name, HEADER.size)
    assert cuts(files) == ()
