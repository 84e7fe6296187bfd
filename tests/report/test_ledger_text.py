from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence.bindings import FILE_NAME
from harness.evidence.ledger_summary import summarise
from harness.report.ledger_text import drawn, ledger_text
from tests.evidence.ledger_recorder import HIGH, Recorder, call, lossy_call, rtp


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([], ""),
        ([0, 0], "  "),
        ([1], "█"),
        ([0, 1, 2, 4, 8], " ▂▃▅█"),
        ([1, 1, 0, 0, 2, 2, 2], "▅ ██"),
    ],
)
def test_a_line_shows_the_course(values: list[float], line: str) -> None:
    assert drawn(values, cells=5) == line


@given(st.lists(st.floats(0, 1e9), max_size=200), st.integers(1, 50))
def test_a_line_is_never_longer_than_its_cells(values: list[float], cells: int) -> None:
    assert len(drawn(values, cells=cells)) <= cells


def test_a_name_is_only_text(tmp_path: Path) -> None:
    call(tmp_path)
    file = tmp_path / FILE_NAME
    file.write_bytes(file.read_bytes().replace(b'"alice"', rb'"\u001b[31m\u202ealice"'))
    text = ledger_text(summarise(Recorder(tmp_path).ledger()))
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_all_of_a_summary(tmp_path: Path) -> None:
    assert ledger_text(summarise(lossy_call(tmp_path).ledger())) == (
        """26 packets in 4.0 s from 2023-11-14 22:13:19 UTC

alice up
  TR_v video vp8 layer f: 1 packet, 0.1 kB, 0 lost
    delay ms 0.00 p50, 0.00 p95, 0.00 max
  control: 1 STUN, 1 RTCP (1 lost)

alice down
  nothing

bob up
  nothing

bob down
  TR_v video vp8: 20 packets, 2.2 kB, 1 copy, 3 lost (15.00%)
    kbit/s 4 (3 to 4)  ▅▇█
    3 dropped by loss (ratio 0.1)
    in bursts of 1 × 1, 2 × 1
    delay ms 0.00 p50, 0.00 p95, 0.00 max
  TR_v repairs video: 1 packet, 0.1 kB, 0 lost
    delay ms 0.00 p50, 0.00 p95, 0.00 max
  unknown track, SSRC 5: 1 packet, 0.1 kB, 0 lost
    delay ms 0.00 p50, 0.00 p95, 0.00 max

1 packet of flows that nobody is known to have had
"""
    )


def test_an_empty_ledger_says_so(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    assert ledger_text(summarise(recorder.ledger())) == (
        "the ledger is empty: no packet came to the relay\n"
    )


def test_without_a_clock_there_is_no_time_of_day(tmp_path: Path) -> None:
    recorder = call(tmp_path)
    recorder.packet(5, rtp(1, HIGH, 96))
    (tmp_path / FILE_NAME).unlink()
    assert ledger_text(summarise(recorder.ledger())).startswith("1 packet in 0.0 s\n")
