from __future__ import annotations

from pathlib import Path

import pytest

from harness.evidence.bindings import (
    FILE_NAME,
    AnyRow,
    BindingsWriter,
    ClockRow,
    CodecRow,
    ExtensionsRow,
    FlowRow,
    ImpairmentsRow,
    MidRow,
    MsidRow,
    NumberedImpairment,
    SsrcRow,
    read_bindings,
)
from harness.evidence.ledger_records import LedgerError

ROWS: list[AnyRow] = [
    ClockRow(at_ns=0, wall_ns=1_700_000_000_000_000_000),
    FlowRow(at_ns=1, flow=0, participant="alice", client="10.0.0.1:5", upstream="127.0.0.1:6"),
    SsrcRow(at_ns=2, participant="alice", direction="up", flow=0, ssrc=3, pt=63, mid="0"),
    CodecRow(at_ns=3, participant="alice", pt=63, codec="red", medium="audio"),
    MsidRow(at_ns=4, participant="bob", ssrc=77, track="TR_x", publisher_sid="PA_x"),
    MidRow(at_ns=5, participant="alice", mid="0", track="TR_x", medium="audio"),
    ExtensionsRow(at_ns=6, participant="alice"),
    ImpairmentsRow(
        at_ns=7,
        participant="alice",
        impairments=(NumberedImpairment(cause=16, impairment={"impairment": "loss"}),),
    ),
]


def write(folder: Path, rows: list[AnyRow]) -> None:
    writer = BindingsWriter(folder)
    for row in rows:
        writer.write(row)
    writer.close()


def test_rows_come_back_in_order_of_time(tmp_path: Path) -> None:
    write(tmp_path, ROWS[::-1])
    assert read_bindings(tmp_path) == ROWS


def test_a_second_writer_goes_on_where_the_first_ended(tmp_path: Path) -> None:
    write(tmp_path, ROWS[:3])
    write(tmp_path, ROWS[3:])
    assert read_bindings(tmp_path) == ROWS


def test_cut_last_line_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, ROWS)
    path = tmp_path / FILE_NAME
    path.write_bytes(path.read_bytes()[:-1])
    assert read_bindings(tmp_path) == ROWS[:-1]


def test_no_file_is_no_rows(tmp_path: Path) -> None:
    assert read_bindings(tmp_path) == []


@pytest.mark.parametrize("line", ["{}", "nonsense", '{"kind":"other","at_ns":1}'])
def test_a_line_that_is_no_row_is_named(tmp_path: Path, line: str) -> None:
    write(tmp_path, ROWS[:1])
    with (tmp_path / FILE_NAME).open("a") as file:
        file.write(line + "\n")
    with pytest.raises(LedgerError, match=rf"{FILE_NAME}:2: "):
        read_bindings(tmp_path)


def test_the_clock_row_pairs_both_clocks() -> None:
    before, row, after = ClockRow.now(), ClockRow.now(), ClockRow.now()
    assert before.at_ns <= row.at_ns <= after.at_ns
    assert row.wall_ns > 1_700_000_000 * 10**9
