from __future__ import annotations

from pathlib import Path

import pytest

from harness.evidence.moderator_call import FILE_NAME, ModeratorCall, append_call, read_calls

MUTE = ModeratorCall(
    at_ns=3,
    name="mute_published_track",
    identity="alice",
    sids=("TR_a",),
    details={"muted": True},
)
END = ModeratorCall(at_ns=5, name="delete_room")


def test_calls_come_back_in_order(tmp_path: Path) -> None:
    for call in (MUTE, END):
        append_call(tmp_path, call)

    assert read_calls(tmp_path) == (MUTE, END)


def test_where_there_was_no_moderator_there_are_no_calls(tmp_path: Path) -> None:
    assert read_calls(tmp_path) == ()


def test_a_last_line_that_was_cut_is_left_out(tmp_path: Path) -> None:
    append_call(tmp_path, MUTE)
    with (tmp_path / FILE_NAME).open("ab") as file:
        file.write(b'{"at_ns"')

    assert read_calls(tmp_path) == (MUTE,)


def test_what_is_no_call_is_an_error(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"{}\n")

    with pytest.raises(ValueError, match="at_ns"):
        read_calls(tmp_path)
