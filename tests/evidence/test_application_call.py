from __future__ import annotations

from pathlib import Path

import pytest

from harness.evidence.application_call import FILE_NAME, ApplicationCall, append_call, read_calls

MUTE = ApplicationCall(at_ns=3, participant="alice", name="mute", track="TR_a")
DISABLE = ApplicationCall(
    at_ns=5, participant="bob", name="set_enabled", track="TR_a", details={"enabled": False}
)


def add(attempt: Path, *calls: ApplicationCall) -> None:
    for call in calls:
        (attempt / call.participant).mkdir(exist_ok=True)
        append_call(attempt / call.participant, call)


def test_calls_of_all_participants_come_back_in_order_of_time(tmp_path: Path) -> None:
    add(tmp_path, DISABLE, MUTE)

    assert read_calls(tmp_path) == (MUTE, DISABLE)


def test_where_nobody_called_there_are_no_calls(tmp_path: Path) -> None:
    assert read_calls(tmp_path) == ()


def test_a_last_line_that_was_cut_is_left_out(tmp_path: Path) -> None:
    add(tmp_path, MUTE)
    with (tmp_path / "alice" / FILE_NAME).open("ab") as file:
        file.write(b'{"at_ns"')

    assert read_calls(tmp_path) == (MUTE,)


@pytest.mark.parametrize(
    "line", ["{}", f'{{"at_ns":1{"0" * 400},"participant":"alice","name":"mute"}}']
)
def test_what_is_no_call_is_an_error(tmp_path: Path, line: str) -> None:
    (tmp_path / "alice").mkdir()
    (tmp_path / "alice" / FILE_NAME).write_text(f"{line}\n")

    with pytest.raises(ValueError, match="at_ns"):
        read_calls(tmp_path)
