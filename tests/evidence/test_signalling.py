from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harness.evidence.signalling import FILE_NAME, SignallingMessage, read_signalling

MUTE = SignallingMessage(
    at_ns=5,
    participant="alice",
    direction="client",
    kind="mute",
    bytes=23,
    details={"sid": "TR_x", "muted": True},
)


def test_messages_come_back_as_they_were_written(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(msgspec.json.encode(MUTE) + b"\n")

    assert read_signalling(tmp_path) == (MUTE,)


def test_a_cut_last_line_is_left_out(tmp_path: Path) -> None:
    line = msgspec.json.encode(MUTE) + b"\n"
    (tmp_path / FILE_NAME).write_bytes(line + line[:20])

    assert read_signalling(tmp_path) == (MUTE,)


def test_a_folder_without_a_record_has_no_messages(tmp_path: Path) -> None:
    assert read_signalling(tmp_path) == ()


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(msgspec.json.encode(MUTE) + b"\n{}\n")

    with pytest.raises(ValueError, match=rf"{FILE_NAME}:2 is not a signalling message"):
        read_signalling(tmp_path)
