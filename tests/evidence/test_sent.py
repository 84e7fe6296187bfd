from __future__ import annotations

import struct
from pathlib import Path

import pytest

from harness.evidence.sent import read_sent


def test_hand_overs_are_read_without_a_cut_last_pair(tmp_path: Path) -> None:
    path = tmp_path / "tone.sent"
    path.write_bytes(struct.pack("<qqqq", 0, 1000, 480, 2000) + b"cut")
    log = read_sent(path)
    assert log["number"].tolist() == [0, 480]
    assert log["at_ns"].tolist() == [1000, 2000]


def test_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_sent(tmp_path / "absent.sent")
