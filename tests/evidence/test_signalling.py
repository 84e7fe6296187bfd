from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from harness.evidence.signalling import (
    FILE_NAME,
    SignallingMessage,
    read_signalling,
    server_version,
)

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


def test_messages_are_read_in_order_of_time(tmp_path: Path) -> None:
    earlier = replace(MUTE, at_ns=4, kind="join_request")
    lines = [msgspec.json.encode(message) + b"\n" for message in (MUTE, earlier)]
    (tmp_path / FILE_NAME).write_bytes(b"".join(lines))

    assert read_signalling(tmp_path) == (earlier, MUTE)


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


def test_the_server_says_its_version_to_who_joins(tmp_path: Path) -> None:
    joined = SignallingMessage(
        at_ns=6, participant="alice", direction="server", kind="join", bytes=9,
        details={"server_version": "1.13.5"},
    )  # fmt: skip
    lines = [msgspec.json.encode(message) + b"\n" for message in (MUTE, joined)]
    (tmp_path / FILE_NAME).write_bytes(b"".join(lines))

    assert server_version(tmp_path) == "1.13.5"


def test_without_a_join_the_version_is_not_known(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(msgspec.json.encode(MUTE) + b"\n")

    assert server_version(tmp_path) is None
